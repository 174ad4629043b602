import { describe, expect, it } from 'vitest';
import { foreseenBounds } from '../../../harness/drill/foreseen-bounds.ts';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import type { Expectation } from '../../../harness/journal/journal.ts';

const within = (metric: string): Expectation => ({ metric, stat: 'each', op: 'within_bound', value: 0 });
const VRRP = { low: 2804.6875, high: 3804.6875 };

async function foreseen(
  name: string,
  metrics: string[],
  fault: { kind: string; target: string; options?: Record<string, string> },
) {
  const { drill, topology, systems } = await loadDrill(name);
  const changed = {
    ...drill,
    expect: metrics.map(within),
    faults: [{ options: {}, ...fault, entry: 0, after_ms: 0 }],
  };
  return foreseenBounds(changed, topology, systems);
}

describe('what the files of a shipped drill allow', () => {
  const metrics = ['udp.outage_ms', 'vip.takeover_ms', 'vip.address_ms'];

  it.each(['host:master(router)', 'master(router)', 'r1', 'host:node1'])('crash of %s', async (target) => {
    const { bounds, missing_bounds } = await foreseen('l3/node-crash', metrics, { kind: 'crash', target });
    for (const metric of metrics) expect(bounds[metric]).toMatchObject(VRRP);
    expect(missing_bounds).toEqual({});
  });

  it('a stop in good order: the skew alone', async () => {
    const { bounds } = await foreseen('l3/node-crash', metrics, {
      kind: 'stop',
      target: 'host:master(router)',
    });
    for (const metric of metrics) expect(bounds[metric]).toMatchObject({ low: 804.6875, high: 804.6875 });
  });

  it('a killed keepalived leaves the kernel forwarding', async () => {
    const kill = { kind: 'kill', target: 'master(router)/keepalived' };
    const { bounds, missing_bounds } = await foreseen('l3/node-crash', metrics, kill);
    expect(bounds['vip.takeover_ms']).toMatchObject(VRRP);
    expect(missing_bounds).toEqual({ 'udp.outage_ms': 'the fault does not stop its victim from forwarding' });
    const term = await foreseen('l3/node-crash', metrics, { ...kill, options: { signal: 'TERM' } });
    expect(term.bounds['vip.takeover_ms']).toMatchObject({ high: 804.6875 });
  });

  it.each([
    [{ kind: 'crash', target: 'server' }, /^crash of server does not take the master of a virtual router$/],
    [{ kind: 'crash', target: 'backup(router)' }, /does not take the master/],
    [{ kind: 'kill', target: 'r1/conntrackd' }, /is seen in a trial$/],
    [{ kind: 'cut', target: 'r1:ha' }, /is seen in a trial$/],
  ])('%j: a reason', async (fault, why) => {
    const { bounds, missing_bounds } = await foreseen('l3/node-crash', metrics, fault);
    expect(bounds).toEqual({});
    for (const metric of metrics) expect(missing_bounds[metric]).toMatch(why);
  });

  it('of DHCP: what the options and the settings of Neutron say', async () => {
    const crash = { kind: 'crash', target: 'host:node1' };
    const { bounds } = await foreseen('dhcp/reschedule', ['dhcp.reschedule_ms', 'net1.gap_ms'], crash);
    expect(bounds).toMatchObject({
      'dhcp.reschedule_ms': { low: 10_000, high: 15_000 },
      'net1.gap_ms': { low: 0, high: 5000, from: expect.stringMatching(/; where a server is left$/) },
    });
  });

  it('of a cluster: when it notices; what its agents need is not known', async () => {
    const crash = { kind: 'crash', target: 'host:node1' };
    const found = await foreseen('lb/node-crash', ['cluster.detection_ms', 'http.outage_ms'], crash);
    expect(found.bounds['cluster.detection_ms']).toMatchObject({ high: 3250 });
    expect(found.missing_bounds['http.outage_ms']).toMatch(/^the cluster notices within .* comes on top/);
  });

  it('of HAProxy: until its checks have dropped the server', async () => {
    const crash = { kind: 'crash', target: 'host:web1' };
    const found = await foreseen('lb/backend-crash', ['http.disturbed_ms', 'kept.disturbed_ms'], crash);
    expect(found.bounds['http.disturbed_ms']).toMatchObject({ low: 0, high: 20_000 });
    expect(found.missing_bounds['kept.disturbed_ms']).toMatch(/^a kept connection/);
    const elsewhere = await foreseen('lb/backend-crash', ['http.disturbed_ms'], {
      ...crash,
      target: 'client',
    });
    expect(elsewhere.missing_bounds['http.disturbed_ms']).toMatch(/in a trial$/);
  });

  it('is nothing where nothing is wanted', async () => {
    const { drill, topology, systems } = await loadDrill('l3/node-crash');
    const found = foreseenBounds({ ...drill, expect: [] }, topology, systems);
    expect(found).toEqual({ bounds: {}, missing_bounds: {} });
  });
});

describe('what the settings of a switch allow, before a lab runs', () => {
  const restart = (target: string, down: string) => ({
    ...{ kind: 'restart', target },
    options: { signal: 'SIGKILL', down },
  });

  it('of a daemon, where it is named by the switch or by a machine on it', async () => {
    for (const target of ['sw1/ovs-vswitchd', 'switch(vm1)/ovs-vswitchd']) {
      const { bounds } = await foreseen('l2/vswitchd-kill', ['udp.outage_ms'], restart(target, '1s'));
      expect(bounds['udp.outage_ms'], target).toMatchObject({ low: 1000, high: 4000 });
    }
  });

  it('of a hot restart, which needs no agent', async () => {
    const fault = { kind: 'hot-restart', target: 'sw1/ovs-vswitchd' };
    const { bounds } = await foreseen('l2/vswitchd-kill', ['udp.outage_ms'], fault);
    expect(bounds['udp.outage_ms']).toMatchObject({ low: 0, high: 1500 });
  });

  it('which datapath it will be the machine decides: from nothing on', async () => {
    const fault = restart('sw1/ovsdb-server', '2s');
    const { bounds } = await foreseen('l2/agent-kill', ['udp.outage_ms'], fault);
    expect(bounds['udp.outage_ms']).toMatchObject({ low: 0, high: 3500 });
  });

  it('what nothing starts again is named', async () => {
    const kill = { kind: 'kill', target: 'sw1/ovsdb-server' };
    const { missing_bounds } = await foreseen('l2/vswitchd-kill', ['udp.outage_ms'], kill);
    expect(missing_bounds['udp.outage_ms']).toBe('nothing starts ovsdb-server again: it is not in RESPAWN');
  });
});
