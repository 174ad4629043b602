import { describe, expect, test } from 'vitest';
import type { DegradedRecord, Expectation, Op, Trial } from '../../../harness/journal/journal.ts';
import { judgeExpectations } from '../../../harness/verdict/judge.ts';
import { trial } from './trial.ts';

const wanted = (op: Op, value: number, metric = 'udp.outage_ms'): Expectation => ({
  ...{ metric, stat: 'each', op, value },
});
/** Half of the packets are lost for 3 s, unless it is said otherwise; nothing is an outage. */
const lossy = (loss: Partial<DegradedRecord> = {}, change: Partial<Trial> = {}): Trial =>
  trial(
    { 'udp.outage_ms': 0, 'udp.degraded_ms': 3000, 'web.outage_ms': 0, 'fault2.udp.outage_ms': 0 },
    {
      degraded: [
        {
          ...{ probe: 'udp', start_ms: 2, degraded_ms: 3000, degraded_error_ms: 70 },
          ...{ loss_ratio: 0.5, lost: 300, open: false, ...loss },
        },
      ],
      ...change,
    },
  );
const judge = (expectations: Expectation[], one = lossy()) => judgeExpectations(expectations, [one])[0]!;

describe('partial loss beside the limit of an outage', () => {
  test.each([
    ['<=', 1000, 'fail'],
    ['<', 1500, 'fail'],
    ['<=', 1500, 'unknown'],
    ['<=', 2900, 'unknown'],
    ['<=', 2930, 'pass'],
    ['<=', 5000, 'pass'],
    ['==', 0, 'fail'],
  ] as const)('%s %d: %s', (op, value, verdict) => {
    expect(judge([wanted(op, value)]).verdict).toBe(verdict);
  });

  test.each([
    [0, 1000, 'fail'],
    [0, 2000, 'unknown'],
    [0, 3000, 'pass'],
    [2000, 4000, 'fail'],
  ] as const)('within %d to %d: %s', (low, high, verdict) => {
    const bounds = { 'udp.outage_ms': { low, high, from: 'a test' } };
    expect(judge([wanted('within_bound', 0)], lossy({}, { bounds })).verdict).toBe(verdict);
  });

  test('the reason names it, and what to expect', () => {
    expect(judge([wanted('<=', 1000)]).detail).toBe(
      'trial 1: wanted <= 1000, observed 0, and 50 % were lost for 3.00 s',
    );
    expect(judge([wanted('<=', 2000)]).detail).toBe(
      'trial 1: 50 % were lost for 3.00 s (no outage): what may be lost is not expected, add udp.degraded_ms',
    );
  });

  test('counts for the median of several trials', () => {
    const record = { ...wanted('<=', 1000), stat: 'median' } as const;
    expect(judgeExpectations([record], [lossy(), lossy(), trial({ 'udp.outage_ms': 0 })])[0]!.verdict).toBe(
      'fail',
    );
  });

  test('never makes an outage that must be long enough', () => {
    expect(judge([wanted('>', 1000)]).verdict).toBe('fail');
  });
});

describe('partial loss that is nothing to the expectation', () => {
  test.each(['udp.degraded_ms', 'udp.degraded_ratio'])('the drill expects %s itself', (metric) => {
    expect(judge([wanted('<=', 1000), wanted('<=', 5000, metric)]).verdict).toBe('pass');
  });

  test('of another probe', () => {
    expect(judge([wanted('==', 0, 'web.outage_ms')]).verdict).toBe('pass');
  });

  test.each<[string, Partial<DegradedRecord>]>([
    ['less than 1 %', { loss_ratio: 0.009, degraded_ms: 20_000 }],
    ['less than 50 ms of loss in all', { loss_ratio: 0.1, degraded_ms: 490 }],
  ])('a few lost packets: %s', (_, loss) => {
    expect(judge([wanted('==', 0)], lossy(loss)).verdict).toBe('pass');
  });
});

describe('of a later fault alone', () => {
  const fault = (applied_at: string) => ({
    ...{ kind: 'crash', target: 'r1', resolved: 'r1', applied_at, reverted_at: null, verified: true },
  });
  const faults = [fault('2026-01-01T00:00:00.000000000Z'), fault('2026-01-01T00:00:05.000000000Z')];

  test('what was over before it does not count', () => {
    expect(judge([wanted('<=', 1000, 'fault2.udp.outage_ms')], lossy({}, { faults })).verdict).toBe('pass');
  });

  test('what came with it does', () => {
    const late = lossy({ start_ms: 5002 }, { faults });
    expect(judge([wanted('<=', 1000, 'fault2.udp.outage_ms')], late).verdict).toBe('fail');
  });
});

describe('of one kind of traffic', () => {
  const flows = (measure?: string) =>
    trial(
      { 'flows.new_outage_ms': 0, 'flows.established_outage_ms': 0, 'flows.new_loss_ratio': 0.5 },
      {
        degraded: [
          {
            ...{ probe: 'flows', start_ms: 2, degraded_ms: 3000, degraded_error_ms: 70 },
            ...{ loss_ratio: 0.5, lost: 300, open: false },
            ...(measure ? { measure } : {}),
          },
        ],
      },
    );
  const short = wanted('<=', 1000, 'flows.new_outage_ms');

  test('counts with the outages of the same kind', () => {
    expect(judge([short], flows('new_outage_ms')).verdict).toBe('fail');
    expect(judge([wanted('<=', 2000, 'flows.new_outage_ms')], flows('new_outage_ms')).detail).toContain(
      'add flows.new_loss_ratio',
    );
  });

  test('not with those of another', () => {
    expect(judge([short], flows('established_outage_ms')).verdict).toBe('pass');
  });

  test('nor where the drill expects a share of loss', () => {
    const share = wanted('<=', 0.6, 'flows.new_loss_ratio');
    expect(judge([short, share], flows('new_outage_ms')).verdict).toBe('pass');
  });
});
