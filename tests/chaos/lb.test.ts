import { expect, test } from 'vitest';
import { eventsOf, expectWithin, placeOf, runCluster as run, wordOf } from '../support/cluster-drills.ts';
import { metric } from '../support/drills.ts';
import { expectMetrics } from '../support/scenario.ts';

const VIP = '198.18.1.100';

test('lb/haproxy-kill: the next look of the monitor finds it, and the other node has the service', async (context) => {
  const { trial } = await run(context, 'lb/haproxy-kill');
  const [victim] = placeOf(trial, 'haproxy', 'before');
  const [heir] = placeOf(trial, 'haproxy', 'during');
  expect(trial.faults[0]!.resolved).toBe(`${victim}/haproxy`);
  expect(heir).not.toBe(victim);
  expect(placeOf(trial, 'vip', 'during')).toEqual([heir]);
  expectWithin(trial, 'http.outage_ms', 300);
  expectWithin(trial, 'vip.takeover_ms', 300);
  // Steps in their order, each by who knows it best.
  expect(eventsOf(trial, 'detected')).toEqual([
    expect.stringMatching(`^the monitor of haproxy on ${victim} fails`),
  ]);
  expect(eventsOf(trial, 'stopped').map((text) => text.split(',')[0])).toEqual([
    `haproxy is stopped on ${victim}`,
    `vip is stopped on ${victim}`,
  ]);
  expect(eventsOf(trial, 'started').map((text) => text.split(',')[0])).toEqual([
    `vip is started on ${heir}`,
    `haproxy is started on ${heir}`,
  ]);
  expect(eventsOf(trial, 'address')).toEqual([`${VIP} is on ${heir}`]);
  expect(eventsOf(trial, 'first-garp')).toEqual([`first gratuitous ARP of ${heir} for ${VIP}`]);
  expect(eventsOf(trial, 'first-answer')).toEqual([`${heir} answers at ${VIP}`]);
  const { detection_ms, address_ms, takeover_ms } = stepsOf(trial.metrics);
  expect([detection_ms, address_ms, takeover_ms]).toEqual(
    [detection_ms, address_ms, takeover_ms].toSorted((a, b) => a - b),
  );
  // A session through a proxy ends with the proxy.
  expectMetrics(trial, { 'tcp.survived': 0, 'tcp.lost': 20, 'tcp.reconnected': 20, 'http.nodes': 2 });
  // The backend takes 200 ms, and they leave every 50 ms.
  expect(metric(trial, 'slow.in_flight')).toBeGreaterThanOrEqual(3);
  expect(metric(trial, 'slow.in_flight_failed')).toBe(metric(trial, 'slow.in_flight'));
});

test('lb/node-crash: corosync loses the node, Pacemaker starts what ran there', async (context) => {
  const { trial } = await run(context, 'lb/node-crash');
  const [victim] = placeOf(trial, 'haproxy', 'before');
  expect(wordOf(trial, 'during').nodes[victim!]).toBe('offline');
  expect(eventsOf(trial, 'detected')).toEqual([`Pacemaker counts ${victim} as lost`]);
  expect(eventsOf(trial, 'stopped')).toEqual([]);
  expectWithin(trial, 'cluster.detection_ms', 100);
  expectMetrics(trial, { 'tcp.survived': 0, 'tcp.reconnected': 20, 'cluster.members_online': 1 });
  // Nobody says goodbye for the dead node: users wait until they give up.
  expect(metric(trial, 'tcp.given_up')).toBeGreaterThan(0);
});

test('lb/haproxy-hang: its agent asks it for a page, and gets none', async (context) => {
  const { trial } = await run(context, 'lb/haproxy-hang');
  expect(eventsOf(trial, 'detected')).toEqual([
    expect.stringMatching(/^the monitor of haproxy on lb[12] fails/),
  ]);
  expect(wordOf(trial, 'during').failures).toEqual([expect.stringMatching(/does not answer/)]);
  expectWithin(trial, 'http.outage_ms', 300);
});

test('lb/three-nodes-two-crashes: one goes on with two, the last one alone stops', async (context) => {
  const { trial } = await run(context, 'lb/three-nodes-two-crashes');
  const [first, second] = trial.faults.map(({ resolved }) => /\((lb\d)\)/.exec(resolved)?.[1]);
  expect(new Set([first, second]).size).toBe(2);
  expect(placeOf(trial, 'haproxy', 'before')).toEqual([first]);
  const { nodes, resources, with_quorum } = wordOf(trial, 'during');
  expect(Object.values(nodes).sort()).toEqual(['offline', 'offline', 'online']);
  expect(with_quorum).toBe(false);
  expect(resources.flatMap((one) => one.nodes)).toEqual([]);
  // The first crash cost seconds, the second lasts until the mending.
  const outages = trial.outages.filter(({ probe }) => probe === 'http');
  expect(outages).toHaveLength(2);
  expect(outages[0]!.outage_ms).toBeLessThan(6000);
});

function stepsOf(
  metrics: Readonly<Record<string, number>>,
): Record<'detection_ms' | 'address_ms' | 'takeover_ms', number> {
  const of = (name: string) => metrics[`cluster.${name}`]!;
  return { detection_ms: of('detection_ms'), address_ms: of('address_ms'), takeover_ms: of('takeover_ms') };
}
