import { expect, test } from 'vitest';
import { metric, runOrSkip as run } from '../support/drills.ts';

test('l3/kill-loop: the restarted daemon takes the addresses away, so clients wait for the takeover', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/kill-loop');
  expect(code, stderr).toBe(0);
  const [trial] = journal.trials;
  expect(trial!.faults).toMatchObject([{ kind: 'kill-loop', verified: true }]);
  expect(metric(trial!, 'vip.owners_max')).toBe(1);
  expect(metric(trial!, 'udp.outage_ms')).toBeGreaterThan(1000);
});

test('l3/cpu-starve: two owners, again and again, and the kernel forwards on', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/cpu-starve');
  expect(code, stderr).toBe(0);
  const [trial] = journal.trials;
  expect(trial!.faults).toMatchObject([{ kind: 'cpu-starve', verified: true }]);
  expect(metric(trial!, 'vip.owners_max')).toBe(2);
  // The processes that the quota holds back: not a sign of a starved machine here.
  expect(metric(trial!, 'host.waiting_ratio')).toBeGreaterThan(0.5);
});

test('l3/cpu-plenty: without such waits nobody takes over', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/cpu-plenty');
  expect(code, stderr).toBe(0);
  expect(metric(journal.trials[0]!, 'vip.owners_max')).toBe(1);
});
