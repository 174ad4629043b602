import { expect, test } from 'vitest';
import { expectFastTakeover, expectTakeover, metric, runOrSkip as run } from '../support/drills.ts';

test('l3/node-crash as Neutron configures it: VRRPv2, adverts every 2 s', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/node-crash', '--profile', 'neutron-default');
  expect(code, stderr).toBe(0);
  expect(journal.profile).toBe('neutron-default');
  expectTakeover(journal.trials[0]!, 2000, (206 / 256) * 1000);
  expect(metric(journal.trials[0]!, 'tcp.survived_ratio')).toBe(1);
});

test('l3/node-crash-fast, profile fastest: the takeover is inside its band + 10 ms', async () => {
  await expectFastTakeover('fastest', 10, (156 / 256) * 10);
});

test('l3/node-crash-10000: as many sessions survive', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/node-crash-10000');
  expect(code, stderr).toBe(0);
  expect(metric(journal.trials[0]!, 'tcp.survived')).toBe(10_000);
});

test('l3/track-file-fail: a router that is told to be ill hands over within the bound', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/track-file-fail');
  expect(code, stderr).toBe(0);
  const [trial] = journal.trials;
  expect(trial!.faults).toMatchObject([{ kind: 'exec', target: 'master(router)', verified: true }]);
  // The skew time alone: priority 50, adverts every second.
  expect(trial!.bounds['udp.outage_ms']!.high).toBeLessThan(1000);
  expect(metric(trial!, 'udp.outage_ms')).toBeGreaterThan(700);
});

test('l3/vrrp-filtered: two masters for as long as the rule stays', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/vrrp-filtered');
  expect(code, stderr).toBe(0);
  const [trial] = journal.trials;
  expect(trial!.faults).toMatchObject([{ kind: 'filter', verified: true }]);
  expect(metric(trial!, 'vip.owners_max')).toBe(2);
});

test('l3/keepalived-kill: two owners, hardly an outage, and healed at the end', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/keepalived-kill');
  expect(code, stderr).toBe(0);
  const [trial] = journal.trials;
  expect(trial!.faults[0]!.resolved).toMatch(/^r[12]\/keepalived$/);
  expect(metric(trial!, 'vip.owners_max')).toBe(2);
  expect(metric(trial!, 'udp.outage_ms')).toBeLessThanOrEqual(500);
  expect(trial!.audits.map((audit) => audit.verdict)).toEqual(trial!.audits.map(() => 'pass'));
});

test('l3/node-crash-fast: the takeover is inside its band + 10 ms', async () => {
  await expectFastTakeover('fast', 100, (206 / 256) * 100);
});

test('l3/loss-inside: a loss with a share, and no takeover; l3/loss-ha: a takeover, and no such loss', async (context) => {
  const inside = await run(context, 'l3/loss-inside');
  expect(inside.code, inside.stderr).toBe(0);
  expect(metric(inside.journal.trials[0]!, 'udp.degraded_ratio')).toBeGreaterThan(0.08);
  expect(metric(inside.journal.trials[0]!, 'vip.takeovers')).toBe(0);
  const ha = await run(context, 'l3/loss-ha');
  expect(ha.code, ha.stderr).toBe(0);
  expect(metric(ha.journal.trials[0]!, 'vip.owners_max')).toBe(2);
});
