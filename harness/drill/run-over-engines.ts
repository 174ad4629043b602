import type { NamedEngine } from '../engine/connect-engines.ts';
import { EnvironmentError, HadrillError } from '../ground/errors.ts';
import type { Journal } from '../journal/journal.ts';
import { describeEngines } from './describe-engines.ts';
import { nameInResults } from './distinct-names.ts';
import { EngineCrew } from './engine-crew.ts';
import { EngineLab, namingEngine } from './engine-lab.ts';
import { firstFacts } from './first-facts.ts';
import type { LoadedDrill } from './load-drill.ts';
import { onRecord } from './on-record.ts';
import { folderName, type RunFolder } from './run-folder.ts';
import { runInFolder } from './run-in-folder.ts';
import type { RunOptions, RunResult } from './run-options.ts';
import type { TrialLog } from './trial-log.ts';
import { countOf } from './trials-options.ts';

/** A run over several engines; `jobs` labs on each, at most as many as there are trials. */
export type EnginesOptions = Omit<RunOptions, 'keep' | 'view'> & {
  /** As the user gave them, for the command that repeats the run. */
  list: string;
};

/**
 * Runs a drill over several engines: a lab on each, its trials given out as labs become free. Trials, faults and their moments
 * are those of one engine; each trial names its engine.
 * @throws as `runDrill`.
 * @internal
 */
export async function runOverEngines(
  engines: readonly NamedEngine[],
  loaded: LoadedDrill,
  options: EnginesOptions,
): Promise<RunResult> {
  const { drill } = loaded;
  drill.name = nameInResults(drill, options.out, folderName);
  const onProgress = options.onProgress ?? (() => undefined);
  const facts = await firstFacts(engines[0]!, loaded, options);
  const run_options: RunOptions = { ...options, keep: false };
  return runInFolder(facts, run_options, (signal) => {
    const labs = labsOf(
      engines,
      options.jobs ?? 1,
      countOf(options),
      (engine, number) => new EngineLab(engine, number, loaded, { signal, onProgress }),
    );
    const run = (folder: RunFolder, log: TrialLog) =>
      make({ labs, loaded, options: { ...run_options, signal }, folder, log });
    return { labs: labs.map(({ lab }) => lab), run };
  });
}

/** One on each engine, then the second of each, as long as there are trials for them. */
function labsOf<Lab>(
  engines: readonly NamedEngine[],
  jobs: number,
  trials: number,
  make: (engine: NamedEngine, number: number) => Lab,
): Lab[] {
  const all = Array.from({ length: jobs }, (_, at) => engines.map((engine) => ({ engine, number: at + 1 })));
  return all
    .flat()
    .slice(0, trials)
    .map(({ engine, number }) => make(engine, number));
}

interface Run {
  labs: readonly EngineLab[];
  loaded: LoadedDrill;
  options: RunOptions & { signal: AbortSignal };
  folder: RunFolder;
  log: TrialLog;
}

function make({ labs, loaded, options, folder, log }: Run): Promise<Journal> {
  const makeAll = async () => {
    const lost = await buildAll({ labs, loaded, options, folder });
    const run = log.madeOn((await describeEngines(labs, lost)) ?? log.facts.environment);
    await new EngineCrew(labs, { loaded, options, folder, log, run }).makeAll(lost);
  };
  return onRecord(makeAll, options, folder, log);
}

/** Builds all labs. @returns why labs are not up whose engine was lost meanwhile. */
async function buildAll({
  labs,
  folder,
  options,
  loaded,
}: Omit<Run, 'log'>): Promise<Map<EngineLab, string>> {
  const { name: drill, profile } = loaded.drill;
  folder.note('start', { drill, profile, seed: options.seed });
  const built = await Promise.allSettled(
    labs.map((one) => {
      const name = one.lab.nextName();
      folder.note('lab', { lab: name.name, engine: one.engine.name });
      return one.lab.build(name);
    }),
  );
  options.signal.throwIfAborted();
  const lost = new Map<EngineLab, string>();
  for (const [at, one] of built.entries()) {
    const lab = labs[at]!;
    if (one.status === 'fulfilled') continue;
    const silence = one.reason instanceof HadrillError ? await lab.silence() : undefined;
    if (silence === undefined) throw namingEngine(one.reason, lab.engine.name);
    lost.set(lab, silence);
  }
  if (lost.size < labs.length) return lost;
  throw new EnvironmentError(
    [...lost].map(([{ engine }, why]) => `engine '${engine.name}' is lost: ${why}`).join('\n'),
  );
}
