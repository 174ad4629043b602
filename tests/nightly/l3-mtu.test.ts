/** A wire that takes less than it did: what VRRP does not see. */
import { test } from 'vitest';
import { expectMetrics, runScenario as run } from '../support/scenario.ts';

test('mtu: a byte too many', async (context) => {
  expectMetrics((await run(context, 'l3/mtu')).trial, { 'small.lost': 0, 'vip.takeovers': 0 });
  expectMetrics((await run(context, 'l3/mtu-fits')).trial, { 'large.lost': 0, 'vip.takeovers': 0 });
});
