import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writePairs } from '../../harness/calibration/many-pairs.ts';
import type { Engine } from '../../harness/engine/connect.ts';
import { up } from '../../harness/lab/up.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';

/** Pairs of routers; each lab has a client and a server besides: 12, 22, 52 and 102 nodes. */
const PAIRS = [5, 10, 25, 50];

export interface ScaleCost {
  nodes: number;
  up_ms: number;
  up_ms_per_node: number;
  down_ms: number;
}

/** Builds and removes labs of growing size, once each, in one process. */
export async function scaleCosts(engine: Engine): Promise<ScaleCost[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-bench-'));
  const costs: ScaleCost[] = [];
  for (const pairs of PAIRS) {
    await writePairs(folder, pairs);
    const topology = await loadTopology(path.join(folder, 'pairs.clab.yml'));
    const from = performance.now();
    const lab = await up(engine, topology, { name: `bench-${pairs}` });
    const up_ms = performance.now() - from;
    const nodes = lab.nodes.length;
    await lab.down();
    costs.push({ nodes, up_ms, up_ms_per_node: up_ms / nodes, down_ms: performance.now() - from - up_ms });
  }
  await rm(folder, { recursive: true });
  return costs;
}
