import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectSecondServes, runPlain } from '../support/plain-dhcp.ts';
import { expectMetrics } from '../support/scenario.ts';

test('server-kill: the second of two plain dnsmasq serves', async (context) => {
  const done = await runPlain(context, 'dhcp-plain/server-kill');
  expectSecondServes(done);
  expectMetrics(done.trial, { 'dhcp.offers_per_discover': 2, 'dhcp.offers_per_discover_after': 1 });
});

test('one-server: the control, without service until it is back', async (context) => {
  const { journal, trial } = await runPlain(context, 'dhcp-plain/one-server');
  expect(journal.profile).toBe('one');
  expect(trial.bounds).not.toHaveProperty(['dhcp.gap_ms']);
  // The drill waits for 12 s after the kill; clients ask every half second.
  expect(metric(trial, 'dhcp.gap_ms') + metric(trial, 'dhcp.gap_error_ms')).toBeGreaterThan(12_000);
});
