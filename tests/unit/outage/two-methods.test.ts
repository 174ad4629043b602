import { describe, expect, test } from 'vitest';
import type { Outage } from '../../../harness/outage/outage.ts';
import { methodsDisagree } from '../../../harness/outage/two-methods.ts';

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
