import { randomUUID } from 'node:crypto';
import { askDaemons } from '../cluster/ask-daemons.ts';
import { requireAgents } from '../cluster/require-agents.ts';
import type { Engine } from '../engine/connect.ts';
import { InterruptedError } from '../ground/errors.ts';
import type { Journal, KeepRecords } from '../journal/journal.ts';
import type { Lab } from '../lab/lab.ts';
import { up } from '../lab/up.ts';
import { requireKeepalived, virtualRouters } from '../lab/virtual-routers.ts';
import { NeutronServer } from '../neutron/neutron-server.ts';
import { nameInResults } from './distinct-names.ts';
import type { LoadedDrill } from './load-drill.ts';
import { folderName, RunFolder } from './run-folder.ts';
import { runTrials } from './run-trials.ts';

export interface RunOptions {
  trials: number;
  seed: number;
  /** Folder for results. */
  out: string;
  /** Leave the lab up afterwards. */
  keep: boolean;
  /** Whose captures and probe records are kept; those of the first 100 trials of each verdict by default. */
  keep_records?: KeepRecords;
  signal?: AbortSignal | undefined;
  onProgress?: (line: string) => void;
}

export interface RunResult {
  journal: Journal;
  /** Folder with the journal and the raw records. */
  folder: string;
  /** Name of the lab, when it was kept. */
  lab: string | undefined;
}

/**
 * Runs a drill: builds its lab, repeats the trial, judges, writes the journal, removes the lab.
 * @throws InputError; EnvironmentError, also when the run's folder is gone or its disk is full, after healing;
 *   InterruptedError when the signal was given, after healing.
 */
export async function runDrill(engine: Engine, loaded: LoadedDrill, options: RunOptions): Promise<RunResult> {
  const { drill, topology, networks, clusters } = loaded;
  drill.name = nameInResults(drill, options.out, folderName);
  const onProgress = options.onProgress ?? (() => undefined);
  const folder = RunFolder.create(options.out, drill.name, new Date(), options.seed);
  const run_id = randomUUID().slice(0, 8);
  const name = `${topology.name}-${run_id}`;
  folder.note('start', { drill: drill.name, profile: drill.profile, seed: options.seed, lab: name });
  const signal = AbortSignal.any([folder.lost, ...(options.signal ? [options.signal] : [])]);
  try {
    const onLab = (built: Lab) => {
      if (networks) NeutronServer.create(built, networks);
    };
    const lab = await up(engine, topology, { name, run_id, signal, onLab, onProgress });
    let kept = false;
    try {
      for (const router of virtualRouters(lab)) await requireKeepalived(lab, router);
      await askDaemons(lab, clusters, signal);
      for (const cluster of clusters.clusters) await requireAgents(lab, cluster);
      const journal = await runTrials(lab, loaded, { ...options, signal }, folder);
      if (options.keep) {
        await lab.release();
        kept = true;
      }
      return { journal, folder: folder.path, lab: kept ? name : undefined };
    } finally {
      if (kept) lab.disconnect();
      else await lab.down();
      if (!folder.isLost()) folder.note('end', { lab_removed: !kept });
    }
  } catch (error) {
    if (options.signal?.aborted)
      throw new InterruptedError('interrupted: everything was healed and the lab removed');
    // What failed because its records are gone is reported as that.
    throw folder.isLost() ? folder.lost.reason : error;
  } finally {
    folder.close();
  }
}
