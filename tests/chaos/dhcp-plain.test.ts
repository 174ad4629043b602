import { test } from 'vitest';
import { expectSecondServes, runPlain } from '../support/plain-dhcp.ts';
import { expectMetrics } from '../support/scenario.ts';

test('server-kill: the second of two plain dnsmasq serves', async (context) => {
  const done = await runPlain(context, 'server-kill');
  expectSecondServes(done);
  expectMetrics(done.trial, { 'dhcp.offers_per_discover': 2, 'dhcp.offers_per_discover_after': 1 });
});
