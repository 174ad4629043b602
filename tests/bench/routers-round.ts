import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { mean } from 'simple-statistics';
import { loadDrill } from '../../harness/drill/load-drill.ts';
import { runDrill } from '../../harness/drill/run-drill.ts';
import type { Engine } from '../../harness/engine/connect.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { openLab } from '../../harness/systems/open-lab.ts';
import { writeHaRouters } from '../support/ha-routers.ts';

/** HA routers on two hosts. Each has two replicas and a client; the lab has a server besides. */
const ROUTERS = [5, 10, 25, 50];
const TRIALS = 3;

export interface RoutersCost {
  routers: number;
  nodes: number;
  /** Until every router has its active replica where it belongs. */
  up_ms: number;
  up_ms_per_node: number;
  /** Mean of the nodes' control groups, without pages that the kernel can drop. */
  memory_mb_per_node: number;
  down_ms: number;
  /** When the addresses of the crashed host's routers were taken over, after the fault; nothing of starved trials. */
  crashes: { verdict: string; reason?: string | undefined; taken_ms: number[] }[];
}

/** Labs of HA routers of growing number, and what becomes of those on a host that crashes. */
export async function routersCosts(engine: Engine): Promise<RoutersCost[]> {
  const costs: RoutersCost[] = [];
  for (const routers of ROUTERS) {
    process.stderr.write(`  ${routers} routers\n`);
    const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-bench-'));
    costs.push(await costOf(engine, await writeHaRouters(folder, routers), routers, folder));
    await rm(folder, { recursive: true });
  }
  return costs;
}

async function costOf(engine: Engine, drill: string, routers: number, out: string): Promise<RoutersCost> {
  const loaded = await loadDrill(drill);
  const from = performance.now();
  const lab = await openLab(engine, loaded.topology, loaded.systems, { name: `bench-routers-${routers}` });
  const up_ms = performance.now() - from;
  const nodes = lab.nodes.length;
  const memory_mb_per_node = mean(await memoryOf(engine, lab)) / 1e6;
  const removing = performance.now();
  await lab.down();
  const down_ms = performance.now() - removing;
  const { journal } = await runDrill(engine, loaded, { trials: TRIALS, seed: 1, out, keep: false });
  const crashes = journal.trials.map(({ verdict, reason, timeline }) => ({
    verdict,
    reason,
    taken_ms: timeline.filter(({ event }) => event === 'address').map(({ at_ms }) => at_ms),
  }));
  return { routers, nodes, up_ms, up_ms_per_node: up_ms / nodes, memory_mb_per_node, down_ms, crashes };
}

async function memoryOf(engine: Engine, lab: Lab): Promise<number[]> {
  return Promise.all(
    lab.nodes.map(async ({ container_id }) => {
      const { memory_stats } = await engine.docker
        .getContainer(container_id)
        .stats({ stream: false, 'one-shot': true });
      return memory_stats.usage - (memory_stats.stats.inactive_file ?? 0);
    }),
  );
}
