import { JOURNAL_SCHEMA, type Journal, type Trial } from '../journal/journal.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import type { TrialResult } from '../journal/trial-results.ts';
import { isTrusted } from '../journal/trusted.ts';
import { judgeExpectations, runVerdict } from '../measure/judge.ts';
import { summarizeTrials } from '../measure/statistics.ts';

/** The journal of a run: its trials judged by what the drill expects, and summed up. */
export function assembleJournal(
  run: RunFacts,
  trials: readonly Trial[],
  repeated: readonly Trial[],
): Journal {
  const judged = trials.map((trial) => judgeByExpectations(trial, run));
  const expectations = judgeExpectations(run.expect, judged);
  return {
    schema: JOURNAL_SCHEMA,
    drill: run.drill,
    topology: run.topology,
    profile: run.profile,
    seed: run.seed,
    started_at: run.started_at,
    verdict: runVerdict(expectations, judged),
    environment: run.environment,
    ...(run.command ? { command: run.command } : {}),
    ...(run.scale ? { scale: run.scale } : {}),
    expectations,
    trials: judged,
    repeated: [...repeated],
    summary: summarizeTrials(judged.filter(isTrusted), run.seed),
  };
}

/** The same of what came out of a run's attempts at trials. */
export function journalOfResults(run: RunFacts, results: readonly TrialResult[]): Journal {
  const { trials = [], repeated = [] } = Object.groupBy(results, (result) =>
    result.repeated ? 'repeated' : 'trials',
  );
  return assembleJournal(
    run,
    trials.map(({ trial }) => trial),
    repeated.map(({ trial }) => trial),
  );
}

/** A trial that breaches what every trial must keep fails, by its own numbers; fail outweighs unknown. */
export function judgeByExpectations(trial: Trial, { expect }: Pick<RunFacts, 'expect'>): Trial {
  if (!isTrusted(trial)) return trial;
  const each = judgeExpectations(expect, [trial]).filter(({ stat }) => stat === 'each');
  const broken = each.filter((record) => record.verdict !== 'pass');
  if (broken.length === 0) return trial;
  const verdict = runVerdict(broken, [trial]);
  return {
    ...trial,
    verdict,
    // What cannot be judged was measured all the same.
    ...(verdict === 'unknown' ? { doubts: [] } : {}),
    reason: [
      ...(trial.reason ? [trial.reason] : []),
      ...broken.map(({ metric, detail, verdict: own }) => `${metric}: ${detail ?? own}`),
    ].join('; '),
  };
}
