import { describe, expect, test } from 'vitest';
import { laterFindings } from '../../../../../harness/analysis/per-fault.ts';
import type { ProbeResult } from '../../../../../harness/analysis/probe-results.ts';
import type { ClusterFacts } from '../../../../../harness/journal/cluster-facts.ts';
import type { FaultFacts, TrialFacts } from '../../../../../harness/journal/trial-facts.ts';
import { http } from '../../../../../harness/probes/http/http.ts';
import { findingsOf } from '../../../analysis/fault-case.ts';
import { FAULT, R1_MACS, R2_MACS } from '../../../analysis/takeovers.ts';
import { answer, at, moved, VIP } from './cluster-case.ts';
import { done, EPOCH_NS, failed, member, sample } from './cluster-trial.ts';

const LB3_MAC = '02:00:00:00:00:13';
const nodeOf = (name: string, id: number) => `
  node {
    nodeid: ${id}
    name: ${name}
    ring0_addr: 198.18.0.1${id}
  }`;
const CONF = `
totem {
  version: 2
  token: 1000
}
nodelist {${['lb1', 'lb2', 'lb3'].map((name, at) => nodeOf(name, at + 1)).join('')}
}
`;
const CLUSTER: ClusterFacts = {
  name: 'lb',
  members: [
    { node: 'lb1', macs: R1_MACS, corosync_conf: CONF },
    { node: 'lb2', macs: R2_MACS, corosync_conf: CONF },
    { node: 'lb3', macs: [LB3_MAC], corosync_conf: CONF },
  ],
  cib: 'cib',
  vips: [{ resource: 'vip', address: VIP, owner: 'lb1' }],
  views: [],
  alerts: [{ node: 'lb3', file: 'alerts' }],
};
const fault = (ms: number, victim: string, change: Partial<FaultFacts> = {}): FaultFacts => ({
  ...{ ...FAULT, label: `crash of ${victim}`, before_ns: at(ms) - 1000, after_ns: at(ms) },
  ...{ victims: [victim], ...change },
});
/** lb1 dies, lb2 has everything 900 ms later; lb2 dies 2 s after lb1, lb3 has everything 1100 ms later. */
const ALERTS =
  member(700, 'lost', 'lb1') +
  done(900, 'start', { node: 'lb2' }) +
  member(2600, 'lost', 'lb2') +
  done(3100, 'start', { node: 'lb3', exec_ms: 200 });
const EVENTS = [
  moved(20, 'lb1', 'removed'),
  moved(880, 'lb2', 'added'),
  moved(2030, 'lb2', 'removed'),
  moved(3000, 'lb3', 'added'),
];
const FRAMES = [answer(950, R2_MACS[0]!), answer(3150, LB3_MAC)];
const WEB = {
  probe: { name: 'web', kind: 'http', options: { address: VIP } },
  kind: http,
  findings: {
    metrics: { outage_ms: 1150 },
    // Requests were under way when the second died.
    outages: [outage(0, 950), outage(1970, 1150)],
    ...{ open: [], doubts: [] },
  },
} as unknown as ProbeResult;

function outage(start_ms: number, outage_ms: number) {
  const span = { start_ns: at(start_ms), end_ns: at(start_ms + outage_ms), outage_ms };
  return { ...span, outage_error_ms: 1, loss_derived_ms: outage_ms, lost: 10, open: false };
}

function found(change: { alerts?: string; faults?: FaultFacts[]; events?: typeof EVENTS } = {}) {
  const { alerts = ALERTS, faults = [fault(0, 'lb1'), fault(2000, 'lb2')], events = EVENTS } = change;
  const facts = {
    ...{ epoch_ns: String(EPOCH_NS), routers: [], clusters: [CLUSTER], address_events: events },
    ...{ fault: faults[0], later_faults: faults.slice(1) },
  } as unknown as TrialFacts;
  const files = { alerts: Buffer.from(alerts), cib: Buffer.from(sample('cib.xml')) };
  const all = findingsOf(facts, FRAMES, files);
  return { first: all[0], second: all[1]!, later: laterFindings(all, [WEB]) };
}

describe('two faults of a cluster', () => {
  test('each has its own numbers, counted from its own moment', () => {
    const { first, later } = found();
    expect(first.metrics).toMatchObject({
      'cluster.detection_ms': 700,
      'cluster.started_ms': 900,
      'cluster.address_ms': 880,
      'cluster.takeover_ms': 950,
    });
    expect(later.metrics).toMatchObject({
      'fault2.cluster.detection_ms': 600,
      'fault2.cluster.start_ms': 200,
      'fault2.cluster.started_ms': 1100,
      'fault2.cluster.address_ms': 1000,
      'fault2.cluster.takeover_ms': 1150,
      'fault2.cluster.owners_max': 1,
      'fault2.vip.takeover_ms': 1150,
      'fault2.web.outage_ms': 1150,
    });
  });

  test('and its own bound, that of clients too', () => {
    const { first, later } = found();
    const [one, two] = [first.bounds['cluster.takeover_ms']!, later.bounds['fault2.cluster.takeover_ms']!];
    expect(two.high - one.high).toBeCloseTo(100);
    expect(two.from).toContain('start 0.2 s');
    expect(later.bounds['fault2.web.outage_ms']).toEqual(two);
  });

  test('what crm_mon says once is not repeated', () => {
    expect(found().second.rows.flatMap(({ rows }) => rows)).toEqual([]);
    expect(found().later.metrics).not.toHaveProperty('fault2.cluster.moved');
  });
});

describe('what cannot be told apart has no numbers, and a reason', () => {
  const none = (change: Parameters<typeof found>[0], why: string) => {
    const { metrics, missing_bounds } = found(change).later;
    expect(Object.keys(metrics).filter((metric) => /cluster|vip/.test(metric))).toEqual([]);
    expect(missing_bounds['fault2.cluster.takeover_ms']).toBe(why);
    expect(missing_bounds['fault2.web.outage_ms']).toBe(why);
  };
  const at_it = 'the cluster was still busy with an earlier fault';

  test('the first is noticed after the second was applied', () => {
    const alerts = member(2100, 'lost', 'lb1') + member(2600, 'lost', 'lb2');
    none({ alerts, events: [] }, at_it);
  });

  test('what the first had begun ends after the second', () => {
    const alerts =
      member(700, 'lost', 'lb1') + done(2100, 'start', { node: 'lb3' }) + member(2600, 'lost', 'lb2');
    none({ alerts }, at_it);
  });

  test('a killed process does not have the cluster stop something by itself', () => {
    const loss = { node: 'lb2', kind: 'process', name: 'haproxy', how: 'kill' } as const;
    const second = { ...fault(2000, 'lb2', { loss, stops_forwarding: false }), departure: undefined };
    const faults = [fault(0, 'lb1'), second as unknown as FaultFacts];
    const alerts = member(700, 'lost', 'lb1') + done(2200, 'stop', { node: 'lb2' });
    none({ alerts, faults }, at_it);
    const noticed = alerts.replace(/^(.*stop.*)$/m, `${failed(2150, { node: 'lb2' }).trimEnd()}\n$1`);
    expect(found({ alerts: noticed, faults }).later.metrics['fault2.cluster.detection_ms']).toBe(150);
  });

  test('nobody had the address when the second was applied', () => {
    const events = [moved(20, 'lb1', 'removed'), moved(3000, 'lb3', 'added')];
    none({ events }, `no member held ${VIP} when it was applied: a fault before it was not over`);
  });

  test('records of before do not say whom a fault took', () => {
    const { victims: _, ...second } = fault(2000, 'lb2');
    none({ faults: [fault(0, 'lb1'), second] }, 'its records do not say which nodes it took part of');
  });
});

test('of a fault that was noticed in time, a further word about its victim is not the next one’s', () => {
  const alerts = member(700, 'lost', 'lb1') + member(2050, 'lost', 'lb1') + member(2600, 'lost', 'lb2');
  expect(found({ alerts }).later.metrics['fault2.cluster.detection_ms']).toBe(600);
});
