import { expect, test } from 'vitest';
import { eventsOf, expectWithin, placeOf, runCluster as run } from '../support/cluster-drills.ts';
import { metric } from '../support/drills.ts';
import { expectMetrics, runScenario } from '../support/scenario.ts';

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

test('lb/no-pacemaker: the control, nobody starts it again', async (context) => {
  const { trial } = await runScenario(context, 'lb/no-pacemaker');
  expect(trial.clusters).toBeUndefined();
  expect(trial.outages.filter(({ probe }) => probe === 'http')).toHaveLength(1);
});

function stepsOf(
  metrics: Readonly<Record<string, number>>,
): Record<'detection_ms' | 'address_ms' | 'takeover_ms', number> {
  const of = (name: string) => metrics[`cluster.${name}`]!;
  return { detection_ms: of('detection_ms'), address_ms: of('address_ms'), takeover_ms: of('takeover_ms') };
}
