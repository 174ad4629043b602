import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadDrill } from '../drill/load-drill.ts';
import { runDrill } from '../drill/run-drill.ts';
import type { Engine } from '../engine/connect.ts';
import { EnvironmentError, messageOf } from '../ground/errors.ts';
import { writePairs } from './many-pairs.ts';

/** Pairs of routers; each lab has a fabric, a client and a server besides. */
const TRIED_PAIRS = [5, 10, 25, 50];
/** So much of the engine's memory a router may need: a lab that could fill it is not built. */
const ROUTER_BYTES = 20e6;
const SEED = 1;

/** What became of a lab of one size. */
export interface TriedSize {
  /** Nodes that are not the fabric. */
  nodes: number;
  /** Why nothing could be measured in it; undefined when something could. */
  trouble?: string;
}

/**
 * Builds labs of virtual routers on two hosts, each larger than the one before, and takes the power of a host in each:
 * every router of it fails at once, and is healed. Ends at the first size in which that cannot be measured, in two trials.
 * Nothing is left of them. One to four minutes.
 * @throws InterruptedError when the signal was given.
 */
export async function tryNodes(
  engine: Engine,
  options: { signal: AbortSignal; onProgress: (line: string) => void },
): Promise<TriedSize[]> {
  const { MemTotal: memory_bytes = Infinity } = (await engine.docker.info()) as { MemTotal?: number };
  const tried: TriedSize[] = [];
  for (const pairs of TRIED_PAIRS) {
    const nodes = 2 * pairs + 2;
    options.onProgress(`a lab of ${nodes} nodes`);
    const trouble =
      nodes * ROUTER_BYTES > memory_bytes / 2
        ? `the engine's machine has ${(memory_bytes / 1e9).toFixed(1)} GB of memory`
        : await troubleWith(engine, pairs, options);
    tried.push(trouble === undefined ? { nodes } : { nodes, trouble });
    if (trouble !== undefined) break;
  }
  return tried;
}

async function troubleWith(
  engine: Engine,
  pairs: number,
  options: { signal: AbortSignal; onProgress: (line: string) => void },
): Promise<string | undefined> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-nodes-'));
  try {
    const loaded = await loadDrill(await writePairs(folder, pairs));
    const out = path.join(folder, 'results');
    // A starved trial is repeated once.
    const { journal } = await runDrill(engine, loaded, {
      trials: 1,
      seed: SEED,
      out,
      keep: false,
      ...options,
    });
    const trial = journal.trials[0]!;
    return trial.verdict === 'unknown' ? (trial.reason ?? 'unknown') : undefined;
  } catch (error) {
    // A lab of this size could not be built, or its engine gave up.
    if (error instanceof EnvironmentError) return messageOf(error);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
