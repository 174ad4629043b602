import { expect, test } from 'vitest';
import { metric, runOrSkip as run, runDrill } from '../support/drills.ts';

test('l3/v6-node-crash: both families within their bound, sessions over IPv6 live on', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/v6-node-crash');
  expect(code, stderr).toBe(0);
  const [trial] = journal.trials;
  for (const name of ['udp.outage_ms', 'udp6.outage_ms', 'vip.takeover_ms']) {
    const { low, high } = trial!.bounds[name]!;
    // Three adverts and the skew time of priority 50, from the last advert.
    expect([low, high]).toEqual([expect.closeTo(2804.69, 1), expect.closeTo(3804.69, 1)]);
  }
  expect(metric(trial!, 'tcp.survived_ratio')).toBe(1);
  const events = trial!.timeline.map(({ event }) => event);
  expect(events).toEqual(expect.arrayContaining(['first-garp', 'first-na']));
  const own = trial!.audits.filter(({ name }) => name === 'router-adverts');
  expect(own).toMatchObject([
    { verdict: 'pass', detail: expect.stringMatching(/only r[12] \(fe80::1\) sends router advertisements$/) },
  ]);
});

test('an instance of IPv6 with slower adverts: the sync group takes both families over with it', async (context) => {
  const { journal } = await run(context, 'l3/v6-node-crash', '--var', 'ADVERT_INT6=2');
  const [trial] = journal.trials;
  for (const name of ['udp.outage_ms', 'udp6.outage_ms']) {
    // Three adverts of 2 s and 206/256 of one, from the last advert.
    const { low, high } = trial!.bounds[name]!;
    expect([low, high]).toEqual([expect.closeTo(5609.4, 1), expect.closeTo(7609.4, 1)]);
    expect(metric(trial!, name)).toBeGreaterThan(low - 100);
    expect(metric(trial!, name)).toBeLessThan(high + 100);
  }
});

test('its control without conntrackd: the same takeover, no session lives on', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/v6-node-crash-no-conntrackd');
  expect(code, stderr).toBe(0);
  expect(metric(journal.trials[0]!, 'tcp.survived_ratio')).toBe(0);
});

test('with radvd on both routers a backup is a router to the hosts: the audit fails the trial', async () => {
  const both = ['--var', 'RADVD=always', '--var', 'RADVD_CONF=v6/radvd-own.conf'];
  const { code, journal } = await runDrill('l3/v6-node-crash', ...both);
  expect(code).toBe(1);
  const own = journal.trials[0]!.audits.filter(({ name }) => name === 'router-adverts');
  expect(own).toMatchObject([
    {
      verdict: 'fail',
      detail: expect.stringMatching(
        /r[12] \(fe80::.*\) sends router advertisements though r[12] holds 2001:db8:1::1/,
      ),
    },
  ]);
});

test('l3/v6-keepalived-stop and v6-link-cut: the skew time alone for both families', async (context) => {
  for (const drill of ['l3/v6-keepalived-stop', 'l3/v6-link-cut']) {
    const { code, journal, stderr } = await run(context, drill);
    expect(code, stderr).toBe(0);
    expect(journal.trials[0]!.bounds['vip.takeover_ms']!.high).toBeLessThan(1000);
  }
});

test('l3/v6-keepalived-kill: two owners of an address of IPv6', async (context) => {
  const { code, journal, stderr } = await run(context, 'l3/v6-keepalived-kill');
  expect(code, stderr).toBe(0);
  expect(metric(journal.trials[0]!, 'vip.owners_max')).toBe(2);
});
