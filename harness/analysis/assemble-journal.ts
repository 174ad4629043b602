import { JOURNAL_SCHEMA, type Journal, type Trial } from '../journal/journal.ts';
import { withChanges } from '../journal/kept-trial.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import type { TrialResult } from '../journal/trial-results.ts';
import { trialsNotMade } from '../journal/trials-not-made.ts';
import { isTrusted } from '../journal/trusted.ts';
import { countedVerdict, judgeExpectations, runVerdict } from '../verdict/judge.ts';
import { summarizeTrials } from '../verdict/statistics.ts';

/**
 * The journal of a run: its trials judged by what the drill expects, and summed up. Of trials that were asked for and not
 * made nothing is known: the run does not pass, and fails only by what the others show.
 */
export function assembleJournal(
  run: RunFacts,
  trials: readonly Trial[],
  repeated: readonly Trial[],
): Journal {
  // Trials of several labs end in another order than they began.
  const judged = trials.toSorted((a, b) => a.index - b.index).map((trial) => judgeByExpectations(trial, run));
  const known = [...judged, ...placeholders(run, judged)];
  const expectations = judgeExpectations(run.expect, known);
  return {
    schema: JOURNAL_SCHEMA,
    drill: run.drill,
    topology: run.topology,
    profile: run.profile,
    seed: run.seed,
    started_at: run.started_at,
    verdict: runVerdict(expectations, known),
    environment: run.environment,
    ...(run.command ? { command: run.command } : {}),
    ...(run.scale ? { scale: run.scale } : {}),
    expectations,
    ...(run.by_program === undefined ? {} : { by_program: run.by_program }),
    ...(run.trials_asked === undefined ? {} : { trials_asked: run.trials_asked }),
    ...(run.shard ? { shard: run.shard } : {}),
    ...(run.ended_early === undefined ? {} : { ended_early: run.ended_early }),
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
  const broken = each.filter((record) => countedVerdict(record) !== 'pass');
  if (broken.length === 0) return trial;
  const verdict = runVerdict(broken, [trial]);
  return withChanges(trial, {
    verdict,
    // What cannot be judged was measured all the same.
    ...(verdict === 'unknown' ? { doubts: [] } : {}),
    reason: [
      ...(trial.reason ? [trial.reason] : []),
      ...broken.map(({ metric, detail, verdict: own }) => `${metric}: ${detail ?? own}`),
    ].join('; '),
  });
}

/** One for each trial that was not made, up to as many as can count: what is judged over all is a 95th percentile at most. */
function placeholders(run: RunFacts, trials: readonly Trial[]): Trial[] {
  const missing = trialsNotMade({ ...run, trials: [...trials] });
  if (!missing) return [];
  const { first, last } = missing;
  const count = Math.min(last - first + 1, 20 * (trials.length + 1));
  const nothing = { faults: [], metrics: {}, bounds: {}, audits: [], timeline: [], outages: [] };
  return Array.from({ length: count }, (_, at) => ({
    index: first + at,
    verdict: 'unknown',
    reason: 'it was not made',
    ...nothing,
  }));
}
