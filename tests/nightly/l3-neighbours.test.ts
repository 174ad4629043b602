/** Strangers on the clients' network: what VRRP does not see. */
import { expect, test } from 'vitest';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

for (const drill of ['duplicate-address', 'arp-poison', 'mac-flap'])
  test(`${drill}: cut off, unless the router announces itself again and again`, async (context) => {
    const { trial } = await run(context, `l3/${drill}`);
    const { trial: refreshed } = await run(context, `l3/${drill}-refresh`);
    for (const one of [trial, refreshed]) expectMetrics(one, { 'vip.takeovers': 0, 'vip.owners_max': 1 });
    expect(metric(refreshed, 'udp.lost')).toBeGreaterThan(0);
  });
