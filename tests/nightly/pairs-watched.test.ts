import { expect, test } from 'vitest';
import { runPair } from '../support/pairs.ts';

test('a backup that hears nothing any more: the trial lasts until it is a second master, and fails', async (context) => {
  const { code, trial } = await runPair(context, 'deaf-backup');
  expect(code).toBe(1);
  expect(trial.metrics['vip.owners_max']).toBe(2);
  expect(trial.metrics['vip.two_owners_ms']).toBeGreaterThan(100);
  const split = trial.timeline.filter(({ detail }) => detail.startsWith('two owners'));
  expect(split[0]?.detail).toMatch(/^two owners: r1 and r2 hold 198\.18\.1\.1, for \d+ ms$/);
  // Master_Down of 3.609 s less up to one interval.
  expect(split[0]!.at_ms).toBeGreaterThan(2500);
  expect(split[0]!.at_ms).toBeLessThan(3800);
});

test('a master that preempts: the trial lasts until it has its address again, however short the hold', async (context) => {
  const { code, trial } = await runPair(context, 'failback');
  expect(code, trial.reason).toBe(0);
  expect(trial.metrics['rejoin.failback_ms']).toBeGreaterThan(3000);
  const back = trial.timeline.find(({ detail }) => /is on r1 again: fail-back$/.test(detail));
  expect(back?.event).toBe('address');
});
