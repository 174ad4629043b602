import { randomUUID } from 'node:crypto';
import type { Engine } from '../engine/connect.ts';
import { InterruptedError } from '../ground/errors.ts';
import { seededRandom } from '../ground/random.ts';
import { rfc3339FromEpochNs } from '../ground/time.ts';
import { JOURNAL_SCHEMA, type Journal, type Trial } from '../journal/journal.ts';
import type { Lab } from '../lab/lab.ts';
import { up } from '../lab/up.ts';
import { requireKeepalived, virtualRouters } from '../lab/virtual-routers.ts';
import { judgeExpectations, runVerdict } from '../measure/judge.ts';
import { summarizeTrials } from '../measure/statistics.ts';
import { describeEnvironment } from './environment.ts';
import type { LoadedDrill } from './load-drill.ts';
import { RunFolder } from './run-folder.ts';
import { runTrial } from './trial.ts';

/** A trial that the machine starved is repeated; so many more trials than asked for, at most. */
const MOST_REPEATS_PER_TRIAL = 1;

export interface RunOptions {
  trials: number;
  seed: number;
  /** Folder for results. */
  out: string;
  /** Leave the lab up afterwards. */
  keep: boolean;
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
  const { drill, topology } = loaded;
  const onProgress = options.onProgress ?? (() => undefined);
  const folder = RunFolder.create(options.out, drill.name, new Date(), options.seed);
  const run_id = randomUUID().slice(0, 8);
  const name = `${topology.name}-${run_id}`;
  folder.note('start', { drill: drill.name, profile: drill.profile, seed: options.seed, lab: name });
  try {
    const lab = await up(engine, topology, { name, run_id, signal: options.signal, onProgress });
    let kept = false;
    try {
      for (const router of virtualRouters(lab)) await requireKeepalived(lab, router);
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
  const { drill } = loaded;
  const onProgress = options.onProgress ?? (() => undefined);
  const random = seededRandom(options.seed);
  const journal: Journal = {
    schema: JOURNAL_SCHEMA,
    drill: drill.name,
    topology: drill.topology,
    profile: drill.profile,
    seed: options.seed,
    started_at: rfc3339FromEpochNs(BigInt(Date.now()) * 1_000_000n),
    verdict: 'unknown',
    environment: await describeEnvironment(lab),
    expectations: [],
    trials: [],
    repeated: [],
    summary: {},
  };
  let attempts = 0;
  while (journal.trials.length < options.trials) {
    const index = journal.trials.length + 1;
    attempts += 1;
    onProgress(`trial ${index} of ${options.trials}`);
    const { trial, starved } = await runTrial(
      {
        lab,
        drill,
        random,
        signal: options.signal,
        onProgress,
        note: (event, details) => folder.note(event, details),
        keepRecord: (name, content) => folder.writeRecord(attempts, name, content),
      },
      index,
    );
    trial.records = `trial-${attempts}`;
    const spare = options.trials * (1 + MOST_REPEATS_PER_TRIAL) - attempts;
    if (starved && spare >= options.trials - journal.trials.length) {
      journal.repeated.push(trial);
      onProgress(`trial ${index} will be repeated: ${trial.reason}`);
    } else {
      journal.trials.push(judged(trial, loaded));
      onProgress(`trial ${index}: ${trial.verdict}${trial.reason ? `: ${trial.reason}` : ''}`);
    }
    conclude(journal, loaded);
    folder.writeJournal(journal);
  }
  return journal;
}

/** A trial that breaches what every trial must keep fails, by its own numbers. */
function judged(trial: Trial, { drill }: LoadedDrill): Trial {
  if (trial.verdict !== 'pass') return trial;
  const breached = judgeExpectations(drill.expect, [trial]).filter(
    (record) => record.stat === 'each' && record.verdict !== 'pass',
  );
  const [first] = breached;
  if (!first) return trial;
  trial.verdict = breached.some((record) => record.verdict === 'fail') ? 'fail' : 'unknown';
  trial.reason = breached.map(({ metric, detail, verdict }) => `${metric}: ${detail ?? verdict}`).join('; ');
  return trial;
}

function conclude(journal: Journal, { drill }: LoadedDrill): void {
  journal.expectations = judgeExpectations(drill.expect, journal.trials);
  const trusted = journal.trials.filter((trial) => trial.verdict !== 'unknown');
  journal.summary = summarizeTrials(trusted, journal.seed);
  journal.verdict = runVerdict(journal.expectations, journal.trials);
}
