import { beforeAll, expect, test } from 'vitest';
import { ensureImages } from '../../harness/engine/ensure-images.ts';
import { metric } from '../support/drills.ts';
import { engine } from '../support/labs.ts';
import { runScenario } from '../support/scenario.ts';

/** Some hundred packages of Debian, and the migration of Neutron's database. */
const BUILD_MS = 900_000;
/** The lab is up in two to three minutes; a node that crashed has its agents again in one. */
const RUN_MS = 560_000;
/** Of which nothing is asked but what they expect themselves. */
const REST = [
  'dnsmasq-kill',
  'ha-network-cut',
  'node-returns',
  'control-crash',
  'rabbit-restart',
  'dnsmasq-kill-no-agent',
  'ovs-agent-kill',
  'metadata-agent-kill',
  'dhcp-agent-kill',
  'reschedule',
  'vswitchd-kill-veth',
];

beforeAll(() => ensureImages(engine, ['neutron-node', 'neutron-control']), BUILD_MS);

test('neutron/node-crash: the other replica takes over by the timers that Neutron wrote', async (context) => {
  const { trial } = await runScenario(context, 'neutron/node-crash', RUN_MS);
  // 3 x 2 s + (256 - 50) / 256 s, less up to 2 s since the last advertisement.
  expect(trial.bounds['vip.takeover_ms']).toMatchObject({ low: 4804.6875, high: 6804.6875 });
  expect(metric(trial, 'udp.outage_ms')).toBeGreaterThan(4000);
});

test('neutron/l3-agent-kill: the agent is not in the path of packets', async (context) => {
  const { trial } = await runScenario(context, 'neutron/l3-agent-kill', RUN_MS);
  expect(metric(trial, 'udp.sent')).toBeGreaterThan(4000);
});

test.for(REST)('neutron/%s does what the drill expects', async (drill, context) => {
  await runScenario(context, `neutron/${drill}`, RUN_MS);
});
