import { expect } from 'vitest';
import type { Trial } from '../../harness/journal/journal.ts';

/** What is asked of an address beside the protocol's own bound. */
const MARGIN_MS = 100;

/**
 * When each address was taken over in a trial that counts, in ms after the fault: all of them inside what the daemons'
 * configuration allows.
 */
export function takenInBound(trial: Trial): number[] {
  expect(trial.verdict, trial.reason).toBe('pass');
  const { low, high } = trial.bounds['vip.address_ms']!;
  const taken = trial.timeline.filter(({ event }) => event === 'address').map(({ at_ms }) => at_ms);
  expect(taken.length).toBeGreaterThan(0);
  for (const at_ms of taken) {
    expect(at_ms).toBeGreaterThanOrEqual(low - MARGIN_MS);
    expect(at_ms).toBeLessThanOrEqual(high + MARGIN_MS);
  }
  return taken;
}
