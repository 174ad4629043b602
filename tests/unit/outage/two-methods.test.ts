import { describe, expect, test } from 'vitest';
import type { Outage } from '../../../harness/outage/outage.ts';
import { methodsDisagree, partlyServed } from '../../../harness/outage/two-methods.ts';

const INTERVAL_MS = 5;

function outage(change: Partial<Outage>): Outage {
  return {
    start_ns: 0,
    end_ns: 300e6,
    outage_ms: 300,
    outage_error_ms: 5,
    loss_derived_ms: 300,
    lost: 60,
    open: false,
    ...change,
  };
}

describe('methodsDisagree', () => {
  test.each([
    300,
    // Just as far apart as error and interval allow, either way.
    290, 310,
  ])('%d ms by loss agrees with 300 ± 5 ms by timestamps', (loss_derived_ms) => {
    expect(methodsDisagree(outage({ loss_derived_ms }), INTERVAL_MS)).toBeUndefined();
  });

  test.each([
    [280, '280.0 ms by loss: 20.0 ms apart'],
    [289.9, '289.9 ms by loss: 10.1 ms apart'],
    [310.1, '310.1 ms by loss: 10.1 ms apart'],
  ])('%d ms by loss does not, and both values are told', (loss_derived_ms, words) => {
    expect(methodsDisagree(outage({ loss_derived_ms }), INTERVAL_MS)).toBe(
      `the outage is 300.0 ms by timestamps and ${words}, at most 10.0 ms can be error`,
    );
  });

  test('an outage whose own error is larger may be further apart', () => {
    const far = { loss_derived_ms: 250 };
    expect(methodsDisagree(outage({ ...far, outage_error_ms: 45 }), INTERVAL_MS)).toBeUndefined();
    expect(methodsDisagree(outage({ ...far, outage_error_ms: 44 }), INTERVAL_MS)).toBeDefined();
  });

  test('an open outage has no length to compare', () => {
    expect(methodsDisagree(outage({ loss_derived_ms: 10, open: true }), INTERVAL_MS)).toBeUndefined();
  });
});

describe('an outage in which some requests were answered', () => {
  // 60 requests of 5 ms, of which 12 were answered.
  const partly = outage({ loss_derived_ms: 240, lost: 48, answered: 12 });

  test('is no contradiction: it is at least as long as its losses', () => {
    expect(methodsDisagree(partly, INTERVAL_MS)).toBeUndefined();
    expect(partlyServed(partly, INTERVAL_MS)).toEqual({
      least_ms: 235,
      words: 'in the outage of 0.30 s 20 % were answered: by loss it is 0.24 s',
    });
  });

  test.each<[string, Partial<Outage>]>([
    ['agree', { loss_derived_ms: 295, lost: 59, answered: 1 }],
    ['are apart for another reason', { loss_derived_ms: 200, lost: 40, answered: 2 }],
    ['are apart though none was answered', { loss_derived_ms: 200, lost: 40 }],
    ['are apart the other way', { loss_derived_ms: 400, lost: 80, answered: 20 }],
    ['are of an open outage', { loss_derived_ms: 240, lost: 48, answered: 12, open: true }],
  ])('is not named where both methods %s', (_, change) => {
    expect(partlyServed(outage(change), INTERVAL_MS)).toBeUndefined();
  });

  test('a contradiction that answers do not explain stays one', () => {
    const doubt = methodsDisagree(outage({ loss_derived_ms: 200, lost: 40, answered: 2 }), INTERVAL_MS);
    expect(doubt).toContain('100.0 ms apart');
  });
});
