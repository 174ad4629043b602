import { describe, expect, test } from 'vitest';
import { assembleJournal } from '../../../harness/analysis/assemble-journal.ts';
import type { Expectation, Trial } from '../../../harness/journal/journal.ts';
import type { RunFacts } from '../../../harness/journal/run-facts.ts';
import { isTrusted } from '../../../harness/journal/trusted.ts';
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
      doubts: [],
      reason: 'vip.takeover_ms: trial 1: no value',
    });
  });

  test('a breach over all trials is not a trial’s own', () => {
    const { trials, verdict } = journal([crashTrial(1, 3600)], [{ ...EACH, stat: 'max' }]);
    expect([trials[0]!.verdict, verdict]).toEqual(['pass', 'fail']);
  });

  test('an expectation that cannot be judged costs itself only: the numbers count, a breach fails', () => {
    const why = '`include` at r1:keepalived.conf:14 is not followed';
    const bound: Expectation = { metric: 'udp.outage_ms', stat: 'each', op: 'within_bound', value: 100 };
    const without = (index: number, outage_ms: number, survived = 50) =>
      crashTrial(index, outage_ms, survived, { bounds: {}, missing_bounds: { 'udp.outage_ms': why } });
    const sessions: Expectation = { metric: 'tcp.survived_ratio', stat: 'each', op: '==', value: 1 };
    const { trials, expectations, summary, verdict } = journal(
      [without(1, 3000), without(2, 3100, 49), without(3, 30_000)],
      [bound, EACH, sessions],
    );
    expect(trials.map((one) => one.verdict)).toEqual(['unknown', 'fail', 'fail']);
    expect(trials.every(isTrusted)).toBe(true);
    expect(trials[0]!.reason).toBe(`udp.outage_ms: trial 1: no bound: ${why}`);
    expect(expectations.map((one) => one.verdict)).toEqual(['unknown', 'fail', 'fail']);
    expect(expectations[0]).toMatchObject({ observed: 30_000 });
    expect(summary['udp.outage_ms']).toMatchObject({ n: 3, max: 30_000 });
    expect(verdict).toBe('fail');
    const only = journal([without(1, 3000)], [bound, EACH, sessions]);
    expect(only.verdict).toBe('unknown');
    expect(only.expectations.map((one) => one.verdict)).toEqual(['unknown', 'pass', 'pass']);
    expect(only.summary['udp.outage_ms']).toMatchObject({ n: 1, max: 3000 });
  });

  test('a failure outweighs an audit that could not be made', () => {
    const incomplete = crashTrial(1, 3600, 50, {
      verdict: 'unknown',
      doubts: [],
      reason: 'one-owner: no answer',
    });
    const [trial] = journal([incomplete]).trials;
    expect(trial).toMatchObject({ verdict: 'fail' });
    expect(trial!.reason).toMatch(/^one-owner: no answer; udp\.outage_ms: /);
  });

  test('lower bounds are counted where numbers are summed up', () => {
    const open = crashTrial(1, 3000, 50, { lower_bounds: ['udp.outage_ms'] });
    expect(journal([open, crashTrial(2, 3100)]).summary['udp.outage_ms']).toMatchObject({
      n: 2,
      lower_bounds: 1,
    });
    expect(journal([crashTrial(2, 3100)]).summary['udp.outage_ms']).not.toHaveProperty('lower_bounds');
  });

  test('a trial keeps a verdict that is not pass, and its reason', () => {
    const failed = crashTrial(1, 3600, 50, { verdict: 'fail', reason: 'one-owner: none' });
    const { trials } = journal([failed, unknownTrial(2, 'no answer')]);
    expect(trials.map(({ reason }) => reason)).toEqual([
      'one-owner: none; udp.outage_ms: trial 1: wanted <= 3500, observed 3600',
      'no answer',
    ]);
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

  test('no trial does not pass', () => {
    expect(journal([]).verdict).toBe('unknown');
  });
});

describe('a run whose trials were not all made', () => {
  const part = (asked: number, trials: Trial[], expectation: Expectation = EACH) =>
    assembleJournal(
      { ...facts, expect: [expectation], trials_asked: asked, ended_early: 'interrupted' },
      trials,
      [],
    );

  test('does not pass by those that were made', () => {
    const made = part(3, [crashTrial(1, 3000)]);
    expect(made).toMatchObject({
      verdict: 'unknown',
      trials_asked: 3,
      ended_early: 'interrupted',
      expectations: [{ observed: 3000, verdict: 'unknown' }],
    });
    expect(made.trials.map(({ index, verdict }) => [index, verdict])).toEqual([[1, 'pass']]);
    expect(part(3, [])).toMatchObject({ verdict: 'unknown', trials: [], trials_asked: 3 });
    expect(part(1, [crashTrial(1, 3000)]).verdict).toBe('pass');
  });

  test('fails by one that failed, whatever the others would have been', () => {
    expect(part(3, [crashTrial(1, 3600)]).verdict).toBe('fail');
    expect(part(999_999_999, [crashTrial(1, 3600)], { ...EACH, stat: 'max' }).verdict).toBe('fail');
  });

  test.each([
    { asked: 3, verdict: 'fail' },
    { asked: 5, verdict: 'unknown' },
    { asked: 999_999_999, verdict: 'unknown' },
  ])(
    'a median over $asked trials, of which two were made and are too long: $verdict',
    ({ asked, verdict }) => {
      const made = part(asked, [crashTrial(1, 3600), crashTrial(2, 3600)], { ...EACH, stat: 'median' });
      expect(made.verdict).toBe(verdict);
    },
  );

  test('a 95th percentile needs as many as can count', () => {
    const p95: Expectation = { ...EACH, stat: 'p95' };
    const made = [1, 2, 3].map((index) => crashTrial(index, 3600));
    expect(part(1000, made, p95).verdict).toBe('unknown');
    expect(part(4, made, p95).verdict).toBe('fail');
  });
});
