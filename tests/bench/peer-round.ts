import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { median } from 'simple-statistics';
import { parse, stringify } from 'yaml';
import { writePairs } from '../../harness/calibration/many-pairs.ts';
import { PACKAGE_ROOT } from '../../harness/engine/package-root.ts';

const BIN = path.join(PACKAGE_ROOT, 'harness/cli/bin.js');
/** With a client and a server ten nodes. */
const PAIRS = 4;

export interface PeerCost {
  /** `hadrill up` over `containerlab deploy` of the same file, and `down` over `destroy`: medians of the rounds. */
  up_ratio: number;
  down_ratio: number;
  rounds: { up_ms: number; deploy_ms: number; down_ms: number; destroy_ms: number }[];
}

/**
 * Alternating runs against a containerlab of the user's own.
 * @param peer path of its program. It needs root, and the images that hadrill has built.
 */
export async function peerCosts(peer: string, rounds: number): Promise<Record<string, PeerCost>> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'hadrill-bench-'));
  await cp(path.join(PACKAGE_ROOT, 'topologies/l3'), path.join(scratch, 'l3'), { recursive: true });
  await writePairs(scratch, PAIRS);
  const costs = {
    l3: await peerCost(peer, path.join(scratch, 'l3/l3.clab.yml'), rounds),
    'ten nodes': await peerCost(peer, path.join(scratch, 'pairs.clab.yml'), rounds),
  };
  await rm(scratch, { recursive: true });
  return costs;
}

async function peerCost(peer: string, file: string, count: number): Promise<PeerCost> {
  await withoutManagement(file);
  const rounds: PeerCost['rounds'] = [];
  // The first one warms up.
  for (let n = 0; n <= count; n += 1) {
    const up_ms = await timed(process.execPath, BIN, 'up', file, '--name', 'bench-peer');
    const down_ms = await timed(process.execPath, BIN, 'down', 'bench-peer');
    const deploy_ms = await timed(peer, 'deploy', '--topo', file);
    const destroy_ms = await timed(peer, 'destroy', '--topo', file, '--cleanup');
    if (n > 0) rounds.push({ up_ms, deploy_ms, down_ms, destroy_ms });
  }
  return {
    up_ratio: median(rounds.map(({ up_ms, deploy_ms }) => up_ms / deploy_ms)),
    down_ratio: median(rounds.map(({ down_ms, destroy_ms }) => down_ms / destroy_ms)),
    rounds,
  };
}

/** hadrill's labs have no network of the engine either. */
async function withoutManagement(file: string): Promise<void> {
  const document = parse(await readFile(file, 'utf8')) as {
    topology: { nodes: Record<string, { 'network-mode'?: string }> };
  };
  for (const node of Object.values(document.topology.nodes)) node['network-mode'] ??= 'none';
  await writeFile(file, stringify(document));
}

async function timed(program: string, ...args: string[]): Promise<number> {
  const from = performance.now();
  await execa(program, args);
  return performance.now() - from;
}
