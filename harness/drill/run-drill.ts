import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { analyseTrial } from '../analysis/analyse-trial.ts';
import { attemptFolder, RUN_FACTS_FILE } from '../analysis/rebuild-journal.ts';
import { TRIAL_FACTS_FILE } from '../analysis/trial-folder.ts';
import { askDaemons } from '../cluster/ask-daemons.ts';
import { requireAgents } from '../cluster/require-agents.ts';
import type { Engine } from '../engine/connect.ts';
import { InterruptedError } from '../ground/errors.ts';
import { seededRandom } from '../ground/random.ts';
import { rfc3339FromEpochNs } from '../ground/time.ts';
import type { Journal, KeepRecords, Trial } from '../journal/journal.ts';
import { RUN_FACTS_SCHEMA, type RunFacts } from '../journal/run-facts.ts';
import type { Lab } from '../lab/lab.ts';
import { up } from '../lab/up.ts';
import { requireKeepalived, virtualRouters } from '../lab/virtual-routers.ts';
import { describeScale } from '../neutron/describe-scale.ts';
import { NeutronServer } from '../neutron/neutron-server.ts';
import { describeEnvironment } from './environment.ts';
import type { LoadedDrill } from './load-drill.ts';
import { DEFAULT_KEEP_RECORDS } from './record-keeper.ts';
import { RunFolder } from './run-folder.ts';
import { runTrial } from './trial.ts';
import { TrialLog } from './trial-log.ts';

/** A trial that the machine starved is repeated; so many more trials than asked for, at most. */
const MOST_REPEATS_PER_TRIAL = 1;

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
 * @throws InputError, EnvironmentError; InterruptedError when the signal was given, after healing.
 */
export async function runDrill(engine: Engine, loaded: LoadedDrill, options: RunOptions): Promise<RunResult> {
  const { drill, topology, networks, clusters } = loaded;
  const onProgress = options.onProgress ?? (() => undefined);
  const folder = RunFolder.create(options.out, drill.name, new Date(), options.seed);
  const run_id = randomUUID().slice(0, 8);
  const name = `${topology.name}-${run_id}`;
  folder.note('start', { drill: drill.name, profile: drill.profile, seed: options.seed, lab: name });
  try {
    const onLab = (built: Lab) => {
      if (networks) NeutronServer.create(built, networks);
    };
    const lab = await up(engine, topology, { name, run_id, signal: options.signal, onLab, onProgress });
    let kept = false;
    try {
      for (const router of virtualRouters(lab)) await requireKeepalived(lab, router);
      await askDaemons(lab, clusters, options.signal);
      for (const cluster of clusters.clusters) await requireAgents(lab, cluster);
      const journal = await runTrials(lab, loaded, options, folder);
      if (options.keep) {
        await lab.release();
        kept = true;
      }
      return { journal, folder: folder.path, lab: kept ? name : undefined };
    } finally {
      if (kept) lab.disconnect();
      else await lab.down();
      folder.note('end', { lab_removed: !kept });
    }
  } catch (error) {
    if (options.signal?.aborted)
      throw new InterruptedError('interrupted: everything was healed and the lab removed');
    throw error;
  } finally {
    folder.close();
  }
}

async function runTrials(
  lab: Lab,
  loaded: LoadedDrill,
  options: RunOptions,
  folder: RunFolder,
): Promise<Journal> {
  const { drill, networks } = loaded;
  const onProgress = options.onProgress ?? (() => undefined);
  const random = seededRandom(options.seed);
  const keep_records = options.keep_records ?? DEFAULT_KEEP_RECORDS;
  const run: RunFacts = {
    schema: RUN_FACTS_SCHEMA,
    drill: drill.name,
    topology: drill.topology,
    profile: drill.profile,
    seed: options.seed,
    started_at: rfc3339FromEpochNs(BigInt(Date.now()) * 1_000_000n),
    environment: await describeEnvironment(lab),
    command: {
      drill: drill.shipped ? drill.name : drill.file,
      out: path.resolve(options.out),
      environment: drill.environment,
      keep_records,
    },
    ...(networks ? { scale: describeScale(networks.settings) } : {}),
    probes: drill.probes,
    hold: drill.hold,
    expect: drill.expect,
  };
  folder.writeJson(RUN_FACTS_FILE, run);
  const log = new TrialLog(folder, run, keep_records);
  try {
    while (log.made < options.trials) {
      const index = log.made + 1;
      const records = attemptFolder(log.attempts + 1);
      onProgress(`trial ${index} of ${options.trials}`);
      const facts = await runTrial(
        {
          lab,
          drill,
          random,
          signal: options.signal,
          onProgress,
          note: (event, details) => folder.note(event, details),
          keepRecord: (name, content) => folder.writeRecord(path.join(records, name), content),
          keepPieces: (name, pieces) => folder.writePieces(path.join(records, name), pieces),
        },
        index,
      );
      folder.writeJson(path.join(records, TRIAL_FACTS_FILE), facts);
      const { trial, starved } = await analyseTrial(run, path.join(folder.path, records));
      const spare = options.trials * (1 + MOST_REPEATS_PER_TRIAL) - (log.attempts + 1);
      // What failed in spite of it is a finding, and stays.
      const again = starved && trial.verdict !== 'fail' && spare >= options.trials - log.made;
      const judged = log.add(trial, again);
      onProgress(again ? `trial ${index} will be repeated: ${trial.reason}` : outcome(judged));
    }
  } finally {
    log.catchUp();
  }
  return log.journal();
}

function outcome({ index, verdict, reason, records_dropped }: Trial): string {
  const why = reason?.replaceAll(`trial ${index}: `, '');
  const dropped = records_dropped ? ' (its captures and records are not kept: --keep-records)' : '';
  return `trial ${index}: ${verdict}${why ? `: ${why}` : ''}${dropped}`;
}
