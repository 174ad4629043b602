import { describe, expect, it } from 'vitest';
import type { Expectation, Op, Stat, Trial } from '../../../harness/journal/journal.ts';
import { judgeExpectations, runVerdict } from '../../../harness/verdict/judge.ts';
import { trial } from './trial.ts';

const METRIC = 'ping.outage_ms';
const judge = (stat: Stat, op: Op, value: number, trials: Trial[]) =>
  judgeExpectations([{ metric: METRIC, stat, op, value } satisfies Expectation], trials)[0]!;
const numbered = (values: (number | null | undefined)[]) =>
  values.map((value, i) =>
    value === null
      ? trial({ [METRIC]: 1 }, { index: i + 1, verdict: 'unknown', reason: 'no Docker' })
      : trial(value === undefined ? {} : { [METRIC]: value }, { index: i + 1 }),
  );

describe('judgeExpectations, each', () => {
  it.each([
    ['<=', 5, [4, 5], 'pass', 5],
    ['<=', 5, [4, 5.1, 3], 'fail', 5.1],
    ['<', 5, [4, 5], 'fail', 5],
    ['>=', 5, [5, 9], 'pass', 5],
    ['>', 5, [5, 9], 'fail', 5],
    ['==', 5, [5, 5], 'pass', 5],
    ['==', 5, [5, 3, 6], 'fail', 3],
    ['!=', 5, [4, 9], 'pass', 4],
    ['!=', 5, [4, 5], 'fail', 5],
  ] as const)('%s %d of %j: %s, observed %d', (op, value, values, verdict, observed) => {
    expect(judge('each', op, value, numbered([...values]))).toMatchObject({ verdict, observed });
  });

  it('names the trial that breaches', () => {
    expect(judge('each', '<=', 5, numbered([4, 7])).detail).toBe('trial 2: wanted <= 5, observed 7');
  });

  it('is unknown, never pass, where a trial lacks the metric or is unknown', () => {
    const lacking = judge('each', '<=', 5, numbered([4, undefined]));
    expect(lacking).toMatchObject({ verdict: 'unknown', observed: 4, detail: 'trial 2: no value' });
    const unknown = judge('each', '<=', 5, numbered([4, null]));
    expect(unknown).toMatchObject({ verdict: 'unknown', detail: "trial 2: it can't be trusted (no Docker)" });
    expect(judge('each', '<=', 5, numbered([Number.NaN])).verdict).toBe('unknown');
    expect(judge('each', '<=', 5, numbered([null, undefined]))).toMatchObject({ observed: null });
    expect(judge('each', '<=', 5, [])).toMatchObject({ verdict: 'unknown', observed: null });
  });

  it('fails all the same when a judged trial breaches', () => {
    expect(judge('each', '<=', 5, numbered([undefined, 6, null]))).toMatchObject({
      verdict: 'fail',
      observed: 6,
    });
  });

  it('does not trust the numbers of an unknown trial', () => {
    expect(judge('each', '<=', 0, numbered([null])).verdict).toBe('unknown');
  });

  it('does not find metrics on the prototype', () => {
    const [record] = judgeExpectations(
      [{ metric: 'toString', stat: 'each', op: '!=', value: 0 }],
      [trial({})],
    );
    expect(record?.verdict).toBe('unknown');
  });
});

describe('judgeExpectations, statistics', () => {
  it.each([
    ['min', '<=', 3, [9, 3, 7], 'pass', 3],
    ['median', '<=', 6, [9, 3, 7], 'fail', 7],
    ['median', '==', 5, [4, 6], 'pass', 5],
    ['p95', '<', 19.06, Array.from({ length: 20 }, (_, i) => i + 1), 'pass', 19.05],
    ['max', '<=', 8, [9, 3, 7], 'fail', 9],
  ] as const)('%s %s %d of %j: %s, observed %d', (stat, op, value, values, verdict, observed) => {
    expect(judge(stat, op, value, numbered([...values]))).toMatchObject({ verdict, observed });
  });

  it('fails in spite of a lacking trial only where that trial could not save it', () => {
    expect(judge('max', '<=', 5, numbered([6, undefined])).verdict).toBe('fail');
    expect(judge('max', '<=', 7, numbered([6, undefined])).verdict).toBe('unknown');
    expect(judge('min', '<=', 5, numbered([6, undefined])).verdict).toBe('unknown');
    expect(judge('min', '>=', 7, numbered([6, undefined])).verdict).toBe('fail');
    expect(judge('median', '<=', 5, numbered([6, undefined, 9])).verdict).toBe('fail');
    expect(judge('median', '<=', 5, numbered([1, undefined, 9])).verdict).toBe('unknown');
    // Whatever the lacking one is, the median is 6.
    expect(judge('median', '==', 5, numbered([6, undefined, 6])).verdict).toBe('fail');
    expect(judge('median', '==', 6, numbered([6, undefined, 6])).verdict).toBe('unknown');
    expect(judge('median', '==', 5, numbered([4, undefined, 6])).verdict).toBe('unknown');
    expect(judge('min', '<=', 7, numbered([6, undefined])).verdict).toBe('unknown');
  });
});

describe('judgeExpectations, within_bound', () => {
  const bounded = (value: number, low: number, high: number, index = 1) =>
    trial({ [METRIC]: value }, { index, bounds: { [METRIC]: { low, high, from: 'VRRPv3: ...' } } });

  it.each([
    [280, 0, 'pass'],
    [380, 0, 'pass'],
    [381, 0, 'fail'],
    [279, 0, 'fail'],
    [385, 5, 'pass'],
    [275, 5, 'pass'],
    [386, 5, 'fail'],
  ])('%d ± %d in 280 to 380: %s', (value, margin, verdict) => {
    expect(judge('each', 'within_bound', margin, [bounded(value, 280, 380)])).toMatchObject({
      verdict,
      observed: value,
    });
  });

  it("holds every trial to its own bound, and shows the worst trial's", () => {
    const record = judge('each', 'within_bound', 5, [bounded(300, 280, 380), bounded(300, 100, 200, 2)]);
    expect(record).toMatchObject({ verdict: 'fail', observed: 300 });
    expect(record.detail).toBe('trial 2: wanted within 100 to 200 ± 5 (VRRPv3: ...), observed 300');
  });

  it('is unknown without a bound', () => {
    expect(judge('each', 'within_bound', 5, numbered([300]))).toMatchObject({
      verdict: 'unknown',
      observed: 300,
      detail: 'trial 1: no bound',
    });
  });

  it('says why there is none, and judges the trials that have one', () => {
    const why = '`include` at r1:keepalived.conf:14 is not followed';
    const lacking = trial({ [METRIC]: 300 }, { index: 2, missing_bounds: { [METRIC]: why } });
    expect(judge('each', 'within_bound', 0, [bounded(300, 280, 380), lacking])).toMatchObject({
      verdict: 'unknown',
      detail: `trial 2: no bound: ${why}`,
    });
    expect(judge('each', 'within_bound', 0, [bounded(390, 280, 380), lacking])).toMatchObject({
      verdict: 'fail',
      observed: 390,
    });
    expect(judge('max', 'within_bound', 0, [bounded(390, 280, 380), lacking]).verdict).toBe('fail');
    expect(judge('max', 'within_bound', 0, [bounded(300, 280, 380), lacking]).verdict).toBe('unknown');
  });

  it('takes a statistic over the distances', () => {
    const trials = [bounded(300, 280, 380), bounded(390, 280, 380, 2), bounded(290, 280, 380, 3)];
    expect(judge('median', 'within_bound', 0, trials).verdict).toBe('pass');
    expect(judge('max', 'within_bound', 0, trials)).toMatchObject({ verdict: 'fail', observed: 390 });
  });
});

describe('judgeExpectations, of a value that is only a lower bound', () => {
  const open = (value: number, index = 1, bounds: Trial['bounds'] = {}) =>
    trial({ [METRIC]: value }, { index, bounds, lower_bounds: [METRIC] });

  it.each([
    ['<=', 5, 'fail'],
    ['<', 6, 'fail'],
    ['<=', 6, 'unknown'],
    ['<', 7, 'unknown'],
    ['>=', 6, 'pass'],
    ['>', 5, 'pass'],
    ['>=', 7, 'unknown'],
    ['>', 6, 'unknown'],
    ['==', 5, 'fail'],
    ['==', 6, 'unknown'],
    ['==', 9, 'unknown'],
    ['!=', 5, 'pass'],
    ['!=', 6, 'unknown'],
  ] as const)('at least 6 %s %d: %s', (op, value, verdict) => {
    expect(judge('each', op, value, [open(6)])).toMatchObject({ verdict, observed: 6, at_least: true });
  });

  it.each([
    [370, 'unknown'],
    [385, 'unknown'],
    [386, 'fail'],
    [0, 'unknown'],
  ] as const)('at least %d within 280 to 380 ± 5: %s', (value, verdict) => {
    const bounds = { [METRIC]: { low: 280, high: 380, from: 'VRRPv3' } };
    for (const stat of ['each', 'max'] as const) {
      expect(judge(stat, 'within_bound', 5, [open(value, 1, bounds)]).verdict).toBe(verdict);
    }
  });

  it('says so, and that it was not over', () => {
    expect(judge('each', '<=', 6, [open(6)]).detail).toBe('trial 1: at least 6, and it was not over');
    expect(judge('each', '<=', 5, [open(6)]).detail).toBe('trial 1: wanted <= 5, observed at least 6');
  });

  it('shows the value that decides, and marks only what it changes', () => {
    const trials = [trial({ [METRIC]: 7 }), open(6, 2)];
    expect(judge('each', '<=', 9, trials)).toMatchObject({ verdict: 'unknown', observed: 6, at_least: true });
    const failed = judge('each', '<=', 6.5, trials);
    expect(failed).toMatchObject({ verdict: 'fail', observed: 7 });
    expect(failed).not.toHaveProperty('at_least');
    expect(judge('min', '<=', 6.5, trials)).toMatchObject({
      verdict: 'unknown',
      observed: 6,
      at_least: true,
    });
    const three = [trial({ [METRIC]: 1 }), trial({ [METRIC]: 2 }, { index: 2 }), open(6, 3)];
    const middle = judge('median', '<=', 2, three);
    expect(middle).toMatchObject({ verdict: 'pass', observed: 2 });
    expect(middle).not.toHaveProperty('at_least');
    expect(judge('max', '<=', 6, three)).toMatchObject({ verdict: 'unknown', observed: 6, at_least: true });
    expect(judge('max', '>=', 6, three).verdict).toBe('pass');
    expect(judge('p95', '<', 5, three).verdict).toBe('fail');
  });
});

describe('judgeExpectations, whom to trust', () => {
  it('what has doubts counts for nothing, whatever its verdict; what has none counts though it is unknown', () => {
    const doubtful = trial(
      { [METRIC]: 9 },
      { verdict: 'fail', doubts: ['starved'], reason: 'starved; one-owner' },
    );
    expect(judge('each', '<=', 5, [doubtful])).toMatchObject({
      verdict: 'unknown',
      observed: null,
      detail: "trial 1: it can't be trusted (starved)",
    });
    const measured = trial({ [METRIC]: 9 }, { verdict: 'unknown', doubts: [], reason: 'no bound' });
    expect(judge('each', '<=', 5, [measured])).toMatchObject({ verdict: 'fail', observed: 9 });
  });
});

describe('runVerdict', () => {
  const [pass, fail, unknown] = (['pass', 'fail', 'unknown'] as const).map((verdict) => ({ verdict }));

  it('is the worst, and unknown without trials', () => {
    expect(runVerdict([pass!], [pass!])).toBe('pass');
    expect(runVerdict([], [pass!])).toBe('pass');
    expect(runVerdict([pass!, unknown!], [pass!])).toBe('unknown');
    expect(runVerdict([pass!], [unknown!])).toBe('unknown');
    expect(runVerdict([unknown!, fail!], [pass!])).toBe('fail');
    expect(runVerdict([pass!], [fail!, unknown!])).toBe('fail');
    expect(runVerdict([], [])).toBe('unknown');
    expect(runVerdict([pass!], [])).toBe('unknown');
  });
});
