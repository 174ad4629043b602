import { describe, expect, test } from 'vitest';
import type { FaultFacts } from '../../../../harness/journal/trial-facts.ts';
import type { NeutronFacts, Running } from '../../../../harness/systems/neutron/findings/neutron-facts.ts';
import { redundancyFindings } from '../../../../harness/systems/neutron/findings/redundancy.ts';
import { timesIn } from '../../../../harness/systems/neutron/live/agent-times.ts';
import { networkOf } from '../../../../harness/systems/neutron/live/redundancy-watch.ts';

/** At a second of the trial: the fault is at 10 s, healing from 60 to 70 s. */
const look = (at_s: number, places: Record<string, number>, of: Running['of'] = 'network'): Running => {
  const listed = Object.entries(places).map(([node, pid]) => ({ node, pid }));
  return { of, name: of === 'network' ? 'net1' : 'r1', at_ns: at_s * 1e9, places: listed };
};
const TIMES = { agent_down_ms: 12_000, report_interval_ms: 4000, check_processes_ms: 5000 };

/** Its process is ended. */
const fault = (
  at_s: number,
  node: string,
  name: string,
): Pick<FaultFacts, 'after_ns' | 'aim' | 'victims'> => ({
  after_ns: at_s * 1e9,
  aim: { ends: 'processes', names: [name] },
  victims: [node],
});

function found(running: Running[], more: Partial<NeutronFacts> = {}, faults = [fault(10, 'n1', 'dnsmasq')]) {
  const facts: NeutronFacts = { replicas: [], agents: [], silent: [], times: TIMES, running, ...more };
  return redundancyFindings(facts, { fault_ns: 10e9, heal_ns: 60e9, healed_ns: 70e9 }, faults);
}

describe('places of a network', () => {
  test('that stay are no loss', () => {
    expect(found([look(9, { n1: 5, n2: 6 })])).toMatchObject({
      metrics: { 'neutron.networks_short': 0, 'neutron.dhcp_restored_ms': 0 },
      notes: [],
    });
  });

  test('that a node took with it, and that are moved', () => {
    const down = { when: 'during', router: 'r1', node: 'n1', claimed: 'active', found: 'down' } as const;
    const running = [look(9, { n1: 5, n2: 6 }), look(11, { n2: 6 }), look(40, { n2: 6, n3: 9 })];
    const { metrics, bounds, notes } = found(running, { replicas: [down] });
    expect(metrics).toMatchObject({ 'neutron.networks_short': 0, 'neutron.dhcp_restored_ms': 30_000 });
    expect(bounds).toMatchObject({ 'neutron.dhcp_restored_ms': { low: 20_000, high: 30_000 } });
    expect(notes).toEqual([
      "a DHCP server of network 'net1' was lost with n1; there were as many again 30.0 s after the fault",
    ]);
  });

  test('whose dnsmasq was started again between two looks', () => {
    const { metrics, bounds } = found([look(9, { n1: 5, n2: 6 }), look(12, { n1: 8, n2: 6 })]);
    expect(metrics).toMatchObject({ 'neutron.dhcp_restored_ms': 2000 });
    expect(bounds).toMatchObject({ 'neutron.dhcp_restored_ms': { low: 0, high: 5000 } });
  });
});

describe('of several faults', () => {
  const running = [
    look(9, { n1: 5, n2: 6 }),
    look(15, { n2: 6 }),
    look(18, { n1: 7, n2: 6 }),
    look(43, { n1: 7 }),
    look(46, { n1: 7, n2: 8 }),
  ];

  test('each counts for what was lost after it, and the longest is told', () => {
    const { metrics, bounds, notes } = found(running, {}, [
      fault(10, 'n1', 'dnsmasq'),
      fault(42, 'n2', 'dnsmasq'),
      fault(50, 'n1', 'neutron-l3-agent'),
    ]);
    expect(metrics).toMatchObject({ 'neutron.dhcp_restored_ms': 8000 });
    expect(bounds).toMatchObject({ 'neutron.dhcp_restored_ms': { low: 0, high: 5000 } });
    expect(notes).toEqual([
      "a DHCP server of network 'net1' was lost with n1, n2; there were as many again 36.0 s after the first fault",
    ]);
  });

  test('a place that is away for long is not hidden by one that is lost late', () => {
    const late = [look(9, { n1: 5, n2: 6 }), look(15, { n2: 6 }), look(44, {}), look(46, { n1: 7, n2: 8 })];
    const faults = [fault(10, 'n1', 'dnsmasq'), fault(43, 'n2', 'dnsmasq')];
    expect(found(late, {}, faults).metrics).toMatchObject({ 'neutron.dhcp_restored_ms': 36_000 });
  });

  test('one at another node in between takes nothing over', () => {
    const slow = [look(9, { n1: 5, n2: 6 }), look(23, { n2: 6 }), look(26, { n1: 7, n2: 6 })];
    const faults = [fault(10, 'n1', 'neutron-dhcp-agent'), fault(22, 'n2', 'neutron-metadata-agent')];
    expect(found(slow, {}, faults).metrics).toMatchObject({ 'neutron.dhcp_restored_ms': 16_000 });
  });

  test('one that ends the agent has no bound', () => {
    const { bounds, missing_bounds } = found(running, {}, [
      fault(10, 'n1', 'dnsmasq'),
      fault(30, 'n2', 'neutron-dhcp-agent'),
    ]);
    expect(bounds).toEqual({});
    expect(missing_bounds?.['neutron.dhcp_restored_ms']).toContain('the agent of n2 was ended');
  });

  test('nor has what was moved from a node that is down, where the agent of another was ended', () => {
    const down = { when: 'during', router: 'r1', node: 'n1', claimed: 'active', found: 'down' } as const;
    const faults = [fault(10, 'n1', 'dnsmasq'), fault(42, 'n2', 'neutron-dhcp-agent')];
    expect(found(running, { replicas: [down] }, faults).bounds).toEqual({});
  });

  test('nor has one that starts the node again', () => {
    const reboot = { after_ns: 10e9, aim: { ends: 'any' as const, names: [] }, victims: ['n1'] };
    expect(found(running, {}, [reboot]).bounds).toEqual({});
  });
});

describe('a place that comes and goes', () => {
  const running = [
    look(9, { n1: 5, n2: 6 }),
    look(11, { n2: 6 }),
    look(30, { n1: 7, n2: 6 }),
    look(31, { n2: 6 }),
  ];

  test('is missing where the last look before healing misses it', () => {
    const { metrics } = found([...running, look(80, { n1: 9, n2: 6 })]);
    expect(metrics).toEqual({ 'neutron.networks_short': 1, 'neutron.whole_again_ms': 10_000 });
  });

  test('is restored when it stays', () => {
    const { metrics } = found([...running, look(36, { n1: 9, n2: 6 })]);
    expect(metrics).toMatchObject({ 'neutron.networks_short': 0, 'neutron.dhcp_restored_ms': 26_000 });
  });

  test('or is lost only after healing began, is none of the fault', () => {
    const { metrics } = found([look(9, { n1: 5, n2: 6 }), look(65, { n2: 6 }), look(72, { n1: 9, n2: 6 })]);
    expect(metrics).toEqual({
      'neutron.networks_short': 0,
      'neutron.dhcp_restored_ms': 0,
      'neutron.whole_again_ms': 2000,
    });
  });
});

describe('places of a router', () => {
  const running = [look(9, { n1: 5, n2: 6 }, 'router'), look(11, { n2: 6 }, 'router')];

  test('that are not restored until healing give a count, and no time', () => {
    const { metrics, missing_metrics } = found([...running, look(75, { n1: 9, n2: 6 }, 'router')]);
    expect(metrics).toEqual({ 'neutron.routers_short': 1, 'neutron.whole_again_ms': 5000 });
    expect(missing_metrics).toEqual({
      'neutron.replicas_restored_ms': "router 'r1' had fewer when healing began",
    });
  });

  test('that never come back', () => {
    const { metrics, notes } = found(running);
    expect(metrics).toEqual({ 'neutron.routers_short': 1 });
    expect(notes?.[0]).toContain('there were fewer until the end of the trial');
  });

  test('that were not looked at give nothing', () => {
    expect(redundancyFindings({ replicas: [], agents: [], silent: [] }, {} as never, [])).toEqual({});
  });
});

test("the times of a neutron.conf, and Neutron's own where it says nothing", () => {
  expect(timesIn('[DEFAULT]\nagent_down_time = 12\n[agent]\n# report_interval = 4\n')).toEqual({
    agent_down_ms: 12_000,
    report_interval_ms: 30_000,
    check_processes_ms: 60_000,
  });
});

test('which network a dnsmasq is of', () => {
  const id = '5f0f3f2b-0000-4c5e-9d3b-1a2b3c4d5e6f';
  const file = `--pid-file=/var/lib/neutron/dhcp/${id}/pid`;
  expect(networkOf({ name: 'dnsmasq', argv: ['dnsmasq', '--no-hosts', file] })).toBe(id);
  expect(networkOf({ name: 'haproxy', argv: ['haproxy', '-f', file] })).toBeUndefined();
});
