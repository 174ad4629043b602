import { expect, test } from 'vitest';
import { statesOf } from '../support/dhcp-drills.ts';
import { metric } from '../support/drills.ts';
import { expectSecondServes, runPlain } from '../support/plain-dhcp.ts';
import { expectMetrics } from '../support/scenario.ts';

test('server-crash: the second one serves', async (context) => {
  const done = await runPlain(context, 'server-crash');
  expect(done.trial.faults[0]!.resolved).toBe('host:node1 (dhcp1)');
  expectSecondServes(done);
});

test('server-hang: the second one serves, and late answers harm nobody', async (context) => {
  const done = await runPlain(context, 'server-hang');
  expectSecondServes(done);
  expectMetrics(done.trial, { 'dhcp.shared_addresses': 0 });
});

test('one-server: the control, without service until it is back', async (context) => {
  const { journal, trial } = await runPlain(context, 'one-server');
  expect(journal.profile).toBe('one');
  expect(trial.bounds).not.toHaveProperty(['dhcp.gap_ms']);
  expect(metric(trial, 'dhcp.gap_ms')).toBeGreaterThan(12_000);
});

test('expiry-after-crash: nobody else knows the lease', async (context) => {
  const { trial } = await runPlain(context, 'expiry-after-crash');
  expectMetrics(trial, { 'dhcpcd.expired': 1, 'dhcpcd.rebinds_answered': 0 });
  expect(statesOf(trial, 'dhcpcd').join('\n')).toMatch(/BOUND 198\.18\.1\.\d+ \(by 198\.18\.1\.[23]\)/);
});
