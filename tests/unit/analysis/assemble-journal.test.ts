import { describe, expect, test } from 'vitest';
import { assembleJournal } from '../../../harness/analysis/assemble-journal.ts';
import type { Expectation, Trial } from '../../../harness/journal/journal.ts';
import type { RunFacts } from '../../../harness/journal/run-facts.ts';
import { crashTrial, unknownTrial } from '../report/journals.ts';
import { RUN, readJson } from './run-copy.ts';

const facts = await readJson<RunFacts>(RUN, 'run.json');
const EACH: Expectation = { metric: 'udp.outage_ms', stat: 'each', op: '<=', value: 3500 };
const journal = (trials: Trial[], expectations: Expectation[] = [EACH], repeated: Trial[] = []) =>
  assembleJournal({ ...facts, expect: expectations }, trials, repeated);

describe('assembleJournal', () => {
  test('takes over what was run and where', () => {
    const { drill, topology, profile, seed, started_at, environment } = facts;
    expect(journal([crashTrial(1, 3000)])).toMatchObject({
      schema: 'hadrill.journal/1',
      ...{ drill, topology, profile, seed, started_at, environment },
      verdict: 'pass',
      expectations: [{ ...EACH, observed: 3000, verdict: 'pass' }],
    });
  });

  test('a trial that breaches what each must keep fails, with its own numbers', () => {
    const { trials, verdict } = journal([crashTrial(1, 3000), crashTrial(2, 3600)]);
    expect(trials.map((trial) => [trial.verdict, trial.reason])).toEqual([
      ['pass', undefined],
      ['fail', 'udp.outage_ms: trial 2: wanted <= 3500, observed 3600'],
    ]);
    expect(verdict).toBe('fail');
  });

  test('one that lacks the number is unknown', () => {
    const lacking: Expectation = { ...EACH, metric: 'vip.takeover_ms' };
    expect(journal([crashTrial(1, 3000)], [lacking]).trials[0]).toMatchObject({
      verdict: 'unknown',
      reason: 'vip.takeover_ms: trial 1 has no vip.takeover_ms',
    });
  });

  test('a breach over all trials is no trial’s own', () => {
    const { trials, verdict } = journal([crashTrial(1, 3600)], [{ ...EACH, stat: 'max' }]);
    expect([trials[0]!.verdict, verdict]).toEqual(['pass', 'fail']);
  });

  test('a trial keeps a verdict that is not pass, and its reason', () => {
    const failed = crashTrial(1, 3600, 50, { verdict: 'fail', reason: 'one-owner: none' });
    const { trials } = journal([failed, unknownTrial(2, 'no answer')]);
    expect(trials.map(({ reason }) => reason)).toEqual(['one-owner: none', 'no answer']);
  });

  test('sums up the trials that are known, and none that was repeated', () => {
    const starved = crashTrial(3, 9000, 50, { verdict: 'unknown' });
    const { summary, repeated } = journal(
      [crashTrial(1, 3000), crashTrial(2, 3600), starved],
      [EACH],
      [crashTrial(1, 8000)],
    );
    expect(summary['udp.outage_ms']).toMatchObject({ n: 2, min: 3000, max: 3600 });
    expect(repeated).toHaveLength(1);
  });

  test('no trial is no pass', () => {
    expect(journal([]).verdict).toBe('unknown');
  });
});
