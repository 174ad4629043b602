import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadDrill } from '../../harness/drill/load-drill.ts';
import { runDrill } from '../../harness/drill/run-drill.ts';
import type { Engine } from '../../harness/engine/connect.ts';
import { PACKAGE_ROOT } from '../../harness/engine/package-root.ts';

/** One probe has so many: clients have no more ports to one port of a server. */
const PER_PROBE = 10_000;
const PROBES = [1, 5];
/** Each session sends so seldom that the processors are not what is measured. */
const PERIOD = '10s';
const LOOK_MS = 1000;

export interface SessionsCost {
  sessions: number;
  verdict: string;
  /** Why nothing was measured, or what failed. */
  reason?: string | undefined;
  survived: number;
  /** The slowest survivor's silence. */
  stall_ms: number;
  /** With the lab's start and end. */
  wall_ms: number;
  /** The most that the fabric's container had: agent, probes and captures. */
  fabric_mb: number;
  /** Of this process, everything before included. */
  harness_rss_mb: number;
}

/** TCP sessions through one pair of routers, of which one loses its power: the shipped configuration, many sessions. */
export async function sessionsCosts(engine: Engine, scratch: string): Promise<SessionsCost[]> {
  const costs: SessionsCost[] = [];
  for (const probes of PROBES) costs.push(await sessionsCost(engine, scratch, probes));
  return costs;
}

async function sessionsCost(engine: Engine, scratch: string, count: number): Promise<SessionsCost> {
  const names = Array.from({ length: count }, (_, at) => `tcp${at + 1}`);
  const common = { kind: 'tcp', from: 'client', to: 'server', address: '203.0.113.1', period: PERIOD };
  const tcp = names.map((name, at) => [name, { ...common, port: 7010 + at, sessions: PER_PROBE }]);
  const file = path.join(scratch, `sessions-${count}.drill.yml`);
  const drill = {
    description: `${count * PER_PROBE} TCP sessions live on when the active router's node loses its power`,
    topology: path.join(PACKAGE_ROOT, 'topologies/l3/l3.clab.yml'),
    probes: Object.fromEntries(tcp),
    fault: { kind: 'crash', target: 'host:master(router)' },
    expect: names.map((name) => ({ metric: `${name}.survived_ratio`, op: '==', value: 1 })),
  };
  await writeFile(file, JSON.stringify(drill));
  const from = performance.now();
  const ended = new AbortController();
  const memory = mostMemory(engine, ended.signal);
  const run = { trials: 1, seed: 1, out: scratch, keep: false };
  const { journal } = await runDrill(engine, await loadDrill(file), run).finally(() => ended.abort());
  const wall_ms = performance.now() - from;
  const { verdict, reason, metrics } = journal.trials[0]!;
  return {
    sessions: count * PER_PROBE,
    verdict,
    reason,
    survived: names.reduce((sum, name) => sum + (metrics[`${name}.survived`] ?? 0), 0),
    stall_ms: Math.max(...names.map((name) => metrics[`${name}.stall_ms`] ?? Number.NaN)),
    wall_ms,
    fabric_mb: await memory,
    harness_rss_mb: (process.resourceUsage().maxRSS * 1024) / 1e6,
  };
}

/** The most that the fabric of this process's lab was seen to have, in MB. */
async function mostMemory(engine: Engine, ended: AbortSignal): Promise<number> {
  let most_mb = 0;
  while (!ended.aborted) {
    const filters = { label: ['hadrill.node=fabric'], name: ['hadrill-l3-'] };
    for (const { Id } of await engine.docker.listContainers({ filters })) {
      const stats = await engine.docker
        .getContainer(Id)
        .stats({ stream: false })
        .catch(() => undefined);
      most_mb = Math.max(most_mb, (stats?.memory_stats?.usage ?? 0) / 1e6);
    }
    await sleep(LOOK_MS);
  }
  return most_mb;
}
