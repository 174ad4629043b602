import { existsSync } from 'node:fs';
import path from 'node:path';
import { RUN_FACTS_FILE } from '../analysis/rebuild-journal.ts';
import { TRIAL_FACTS_FILE } from '../analysis/trial-folder.ts';
import { messageOf } from '../ground/errors.ts';
import type { Journal, Trial } from '../journal/journal.ts';
import type { Layout } from '../journal/layout.ts';
import { readRecord } from '../journal/read-record.ts';
import { RUN_FACTS_SCHEMA } from '../journal/run-facts.ts';
import { runFactsSchema } from '../journal/run-facts-schema.ts';
import { type PressureSample, TRIAL_FACTS_SCHEMA, type TrialWindows } from '../journal/trial-facts.ts';
import { trialFactsSchema } from '../journal/trial-facts-schema.ts';

/** Trials that a page shows one by one: what did not pass first. */
const MOST_SHOWN = 20;

/** What a report can show of a run's folder beyond the journal. */
export interface Evidence {
  /** What the lab was made of; undefined where it was not noted. */
  layout?: Layout;
  /** By the folder of a trial's records. */
  trials: ReadonlyMap<string, TrialEvidence>;
  /** What could not be read, one sentence each. */
  problems: readonly string[];
}

export interface TrialEvidence {
  windows?: TrialWindows;
  pressure: readonly PressureSample[];
}

export const NO_EVIDENCE: Evidence = { trials: new Map(), problems: [] };

/** The trials that a page shows, in their order: of many, first those that did not pass. */
export function shownTrials({ trials }: Journal): Trial[] {
  const rank = ({ verdict }: Trial) => ['fail', 'unknown', 'pass'].indexOf(verdict);
  const first = trials.toSorted((a, b) => rank(a) - rank(b)).slice(0, MOST_SHOWN);
  return first.sort((a, b) => a.index - b.index);
}

/** Reads it; what is missing or damaged is left out, and named. */
export async function readEvidence(folder: string, journal: Journal): Promise<Evidence> {
  const problems: string[] = [];
  const reading = <T>(promise: Promise<T>) =>
    promise.catch((error: unknown) => {
      problems.push(messageOf(error));
      return undefined;
    });
  const file = path.join(folder, RUN_FACTS_FILE);
  const run = existsSync(file)
    ? await reading(readRecord(file, 'record of a run', RUN_FACTS_SCHEMA, runFactsSchema))
    : undefined;
  const trials = new Map<string, TrialEvidence>();
  for (const { records } of shownTrials(journal)) {
    // A journal of others must not name a file outside of its folder.
    if (records === undefined || !/^trial-\d+$/.test(records)) continue;
    const facts_file = path.join(folder, records, TRIAL_FACTS_FILE);
    const facts = await reading(
      readRecord(facts_file, 'record of a trial', TRIAL_FACTS_SCHEMA, trialFactsSchema),
    );
    if (facts)
      trials.set(records, { pressure: facts.pressure, ...(facts.windows ? { windows: facts.windows } : {}) });
  }
  return { ...(run?.layout ? { layout: run.layout } : {}), trials, problems };
}
