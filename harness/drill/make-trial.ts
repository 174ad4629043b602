import path from 'node:path';
import { type AnalysedTrial, analyseTrial } from '../analysis/analyse-trial.ts';
import { judgeByExpectations } from '../analysis/assemble-journal.ts';
import { TRIAL_FACTS_FILE } from '../analysis/trial-folder.ts';
import { EnvironmentError, HadrillError, messageOf } from '../ground/errors.ts';
import { maskIn } from '../ground/mask-secrets.ts';
import type { Trial } from '../journal/journal.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import type { DrillFault } from './drill.ts';
import type { DrillLab } from './drill-lab.ts';
import { recordFile } from './record-file.ts';
import type { RunFolder } from './run-folder.ts';
import { runTrial } from './trial.ts';
import type { TrialContext } from './trial-context.ts';

/** Whether a trial's measurement is in doubt and nothing else: what failed in spite of it is a finding, and stays. */
export function isWorthRepeating({ trial, starved, doubted }: AnalysedTrial, run: RunFacts): boolean {
  return starved ? trial.verdict !== 'fail' : doubted && keepsTo(trial, run);
}

/** Whether its numbers, as they are, breach nothing: else they are a finding. */
function keepsTo(trial: Trial, run: RunFacts): boolean {
  return judgeByExpectations({ ...trial, verdict: 'pass' }, run).verdict === 'pass';
}

/** One trial, and where its records go. */
interface TrialToMake {
  index: number;
  records: string;
  notes: readonly string[];
  faults: readonly DrillFault[];
}

/** Makes one trial in a lab that is up, keeps its records, and computes its numbers from them. */
export async function makeTrial(
  lab: DrillLab,
  context: Pick<TrialContext, 'drill' | 'systems' | 'phase' | 'signal' | 'onProgress' | 'view'>,
  folder: RunFolder,
  run: RunFacts,
  { index, records, notes, faults }: TrialToMake,
): Promise<AnalysedTrial> {
  const facts = await runTrial(
    {
      ...context,
      lab: lab.lab,
      watch: lab.watch,
      note: (event, details) => folder.note(event, { lab: lab.lab.name, ...details }),
      keepRecord: (name, content) => {
        const file = recordFile(name, content);
        folder.writeRecord(path.join(records, file.name), file.content);
      },
      keepPieces: (name, pieces) => folder.writePieces(path.join(records, name), pieces),
    },
    index,
    faults,
    notes,
  );
  if (facts.mended === false) lab.giveUp(whatIsLeft(facts));
  context.view?.stage('analysing the records');
  folder.writeJson(path.join(records, TRIAL_FACTS_FILE), maskIn(facts));
  return analyseTrial(run, path.join(folder.path, records));
}

/** Why the lab of a trial that was not mended is not to be trusted: healing was tried twice by then. */
function whatIsLeft({ index, faults }: TrialFacts): string {
  const left = faults.filter(({ reverted_at }) => reverted_at === null);
  const names = left.map(({ kind, resolved }) => `${kind} of ${resolved}`).join(', ');
  return names === '' ? `trial ${index} did not end in good order` : `trial ${index} could not heal ${names}`;
}

/** Builds the lab anew where the trial before has left it broken. @returns what the report says of that. */
export async function makeWhole(
  lab: DrillLab,
  folder: RunFolder,
  onProgress: (line: string) => void,
): Promise<string[]> {
  const why = await lab.whyBroken();
  if (why === undefined) return [];
  onProgress(`the lab is broken, and built anew: ${why}`);
  const next = lab.nextName();
  folder.note('rebuild', { why, lab: next.name });
  try {
    await lab.rebuild(next);
  } catch (error) {
    if (!(error instanceof HadrillError)) throw error;
    throw new EnvironmentError(
      `the lab is broken (${why}) and could not be built anew: ${messageOf(error)}`,
      {
        remedy: error.remedy ?? 'see that the engine runs; then `hadrill gc` removes what may be left',
        cause: error,
      },
    );
  }
  return [`the lab was built anew before this trial: ${why}`];
}

/** What came of a trial, for people. */
export function outcome({ index, verdict, reason, records_dropped }: Trial): string {
  const why = reason?.replaceAll(`trial ${index}: `, '');
  const dropped = records_dropped ? ' (its captures and records are not kept: --keep-records)' : '';
  return `trial ${index}: ${verdict}${why ? `: ${why}` : ''}${dropped}`;
}
