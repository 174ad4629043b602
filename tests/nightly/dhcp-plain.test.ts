import { expect, test } from 'vitest';
import { statesOf } from '../support/dhcp-drills.ts';
import { expectSecondServes, runPlain } from '../support/plain-dhcp.ts';
import { expectMetrics } from '../support/scenario.ts';

test('server-crash: the second one serves', async (context) => {
  const done = await runPlain(context, 'dhcp-plain/server-crash');
  expect(done.trial.faults[0]!.resolved).toBe('host:node1 (dhcp1)');
  expectSecondServes(done);
});

test('server-hang: the second one serves, and late answers harm nobody', async (context) => {
  const done = await runPlain(context, 'dhcp-plain/server-hang');
  expectSecondServes(done);
  expectMetrics(done.trial, { 'dhcp.shared_addresses': 0 });
});

test('expiry-after-crash: nobody else knows the lease', async (context) => {
  const { trial } = await runPlain(context, 'dhcp-plain/expiry-after-crash');
  expectMetrics(trial, { 'dhcpcd.expired': 1, 'dhcpcd.rebinds_answered': 0 });
  expect(statesOf(trial, 'dhcpcd').join('\n')).toMatch(/BOUND 198\.18\.1\.\d+ \(by 198\.18\.1\.[23]\)/);
});
