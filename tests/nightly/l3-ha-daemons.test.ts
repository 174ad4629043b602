import { expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import { metric } from '../support/drills.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { expectNothingLeft } from '../support/labs.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

test('router-kill: the standby takes over, with the sessions', async (context) => {
  expectMetrics((await run(context, 'l3-ha/router-kill')).trial, {
    'vip.takeovers': 1,
    'tcp.survived_ratio': 1,
  });
});

test('router-kill of a router with one replica fails, and says that nobody took over', async () => {
  const results = await RunResults.create();
  const args = ['run', 'l3-ha/router-kill', '--var', 'L3_HA=false', '--json', '--out', results.out];
  const { code, stdout } = await hadrill(args, { timeout_ms: 300_000 });
  await expectNothingLeft(await results.lab());
  const { trials } = JSON.parse(stdout) as Journal;
  expect(trials[0]!.reason).toContain('nobody took over');
  expect(code).toBe(1);
  expectMetrics(trials[0]!, { 'vip.takeovers': 0, 'tcp.survived_ratio': 0, 'untouched.lost_datagrams': 0 });
});

test('vrrp-child-kill costs Master_Down, keepalived-kill the skew time', async (context) => {
  const child = (await run(context, 'l3-ha/vrrp-child-kill')).trial;
  const parent = (await run(context, 'l3-ha/keepalived-kill')).trial;
  expect(metric(child, 'udp.outage_ms')).toBeGreaterThan(2700);
  expect(metric(parent, 'udp.outage_ms')).toBeLessThan(1000);
});

test('keepalived-kill-all: two owners', async (context) => {
  expectMetrics((await run(context, 'l3-ha/keepalived-kill-all')).trial, { 'vip.owners_max': 2 });
});

test('keepalived-hang: two owners; the parent alone: nothing moves', async (context) => {
  expectMetrics((await run(context, 'l3-ha/keepalived-hang')).trial, { 'vip.owners_max': 2 });
  expectMetrics((await run(context, 'l3-ha/keepalived-hang-parent')).trial, { 'vip.takeovers': 0 });
});

test('a stop costs the skew time, which a high priority makes short', async (context) => {
  const stop = (await run(context, 'l3-ha/keepalived-stop')).trial;
  const quick = (await run(context, 'l3-ha/planned-high-priority')).trial;
  expect(metric(quick, 'udp.outage_ms')).toBeLessThan(metric(stop, 'udp.outage_ms') / 4);
});

test('conntrackd-kill: sessions survive that of the active replica, and not that of the standby', async (context) => {
  expectMetrics((await run(context, 'l3-ha/conntrackd-kill')).trial, { 'tcp.survived_ratio': 1 });
  expectMetrics((await run(context, 'l3-ha/conntrackd-kill-standby')).trial, { 'tcp.survived_ratio': 0 });
});

test('rolling-restart: sessions survive each step, and without conntrackd none does', async (context) => {
  expectMetrics((await run(context, 'l3-ha/rolling-restart')).trial, { 'tcp.survived_ratio': 1 });
  expectMetrics((await run(context, 'l3-ha/rolling-restart-no-conntrackd')).trial, {
    'tcp.survived_ratio': 0,
  });
});
