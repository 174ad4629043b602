import { JOURNAL_SCHEMA, type Journal, type Trial } from '../journal/journal.ts';
import type { RunFacts } from '../journal/run-facts.ts';
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
    ...(run.scale ? { scale: run.scale } : {}),
    expectations,
    trials: judged,
    repeated: [...repeated],
    summary: summarizeTrials(
      judged.filter((trial) => trial.verdict !== 'unknown'),
      run.seed,
    ),
  };
}

/** A trial that breaches what every trial must keep fails, by its own numbers. */
function judgeByExpectations(trial: Trial, { expect }: RunFacts): Trial {
  if (trial.verdict !== 'pass') return trial;
  const breached = judgeExpectations(expect, [trial]).filter(
    (record) => record.stat === 'each' && record.verdict !== 'pass',
  );
  if (breached.length === 0) return trial;
  return {
    ...trial,
    verdict: breached.some((record) => record.verdict === 'fail') ? 'fail' : 'unknown',
    reason: breached.map(({ metric, detail, verdict }) => `${metric}: ${detail ?? verdict}`).join('; '),
  };
}
