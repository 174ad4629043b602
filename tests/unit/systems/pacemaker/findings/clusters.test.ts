import { describe, expect, test } from 'vitest';
import type { ClusterFacts } from '../../../../../harness/journal/cluster-facts.ts';
import type { ClusterRecord } from '../../../../../harness/journal/system-records.ts';
import type { AddressEvent, TrialFacts } from '../../../../../harness/journal/trial-facts.ts';
import type { Frame } from '../../../../../harness/observe/frame.ts';
import { findingsOf } from '../../../analysis/fault-case.ts';
import { FAULT, FAULT_NS, MS, ROUTER } from '../../../analysis/takeovers.ts';
import { ethernet, ipv4, tcp } from '../../../observe/builder.ts';
import { ACK } from '../../../observe/conversation.ts';
import { frameOf } from '../../../observe/frames.ts';
import { done, EPOCH_NS, failed, sample } from './cluster-trial.ts';

const MAC = '02:00:00:00:00:0a';

/** A cluster of one node that moves one address. */
const clusterOf = (name: string, address: string): ClusterFacts => ({
  name,
  members: [{ node: `${name}1`, macs: [MAC] }],
  cib: 'cib',
  vips: [{ resource: 'vip', address, owner: `${name}1` }],
  views: [{ when: 'before', at_ns: 1 }],
  alerts: [{ node: `${name}1`, file: `alerts-${name}` }],
});
const A = clusterOf('a', '198.18.1.100');
const B = clusterOf('b', '198.18.1.101');
/** a has started everything 300 ms after the fault, b after 900 ms. */
const FILES = {
  cib: Buffer.from(sample('cib.xml')),
  'alerts-a': Buffer.from(failed(100) + done(300, 'start')),
  'alerts-b': Buffer.from(failed(200) + done(900, 'start')),
};

interface Case {
  clusters?: ClusterFacts[];
  routers?: TrialFacts['routers'];
  events?: AddressEvent[];
  files?: Record<string, Uint8Array>;
  frames?: Frame[];
}
function found({ clusters, routers = [], events = [], files, frames = [] }: Case) {
  const facts: TrialFacts = {
    ...{ schema: 'hadrill.trial/1', index: 1, epoch_ns: String(EPOCH_NS), faults: [], routers },
    ...{ address_events: events, conntrack_fillings: [], pressure: [], captures: [], audits: [] },
    ...(clusters ? { clusters } : {}),
  };
  const [first] = findingsOf({ ...facts, fault: FAULT }, frames, { ...FILES, ...files });
  const [by_address, behind] = first.causes;
  return { ...first, records: first.rows.flatMap(({ rows }) => rows as ClusterRecord[]), by_address, behind };
}

test('a lab without clusters has nothing to tell of them', () => {
  for (const none of [found({}), found({ clusters: [] })])
    expect([none.metrics, none.causes, none.rows]).toEqual([{}, [], []]);
});

test('one cluster: its numbers, and as a virtual router’s address those that such a one has', () => {
  const { metrics, bounds, by_address, behind } = found({ clusters: [A] });
  expect(metrics).toEqual({
    'cluster.detection_ms': 100,
    'vip.detection_ms': 100,
    'cluster.start_ms': 100,
    'cluster.started_ms': 300,
    'cluster.owners_max': 1,
    'vip.owners_max': 1,
    'cluster.two_owners_ms': 0,
    'vip.two_owners_ms': 0,
    'cluster.fenced': 0,
    'cluster.fencing_failed': 0,
  });
  expect(Object.keys(bounds).sort()).toEqual([
    'cluster.detection_ms',
    'cluster.takeover_ms',
    'vip.detection_ms',
    'vip.takeover_ms',
  ]);
  expect(by_address).toEqual({
    reaches: { kind: 'addresses', addresses: new Set(['198.18.1.100']) },
    bound: bounds['cluster.takeover_ms'],
  });
  expect(behind).toEqual({ reaches: { kind: 'behind' }, bound: bounds['cluster.takeover_ms'] });
});

test('where there are virtual routers these have the name to themselves', () => {
  const { metrics, bounds } = found({ clusters: [A], routers: [ROUTER] });
  expect({ ...metrics, ...bounds }).not.toHaveProperty(['vip.detection_ms']);
  expect(bounds).not.toHaveProperty(['vip.takeover_ms']);
  expect(metrics['cluster.detection_ms']).toBe(100);
});

describe('several clusters', () => {
  test.each([
    ['in this order', [A, B]],
    ['in the other', [B, A]],
  ])('the one that took longest speaks for all, %s', (_, clusters) => {
    const { metrics, bounds } = found({ clusters });
    expect(metrics).toMatchObject({ 'cluster.detection_ms': 200, 'cluster.started_ms': 900 });
    expect(bounds['cluster.takeover_ms']!.from).toContain('start 0.1 s');
  });

  test('one that only noticed something took longer than one that did nothing', () => {
    const files = { 'alerts-a': new Uint8Array(), 'alerts-b': Buffer.from(failed(200)) };
    expect(found({ clusters: [A, B], files }).metrics['cluster.detection_ms']).toBe(200);
  });

  test('what served last took longest, whatever was noticed first', () => {
    const late = { 'alerts-a': Buffer.from(failed(950) + done(960, 'start')), 'alerts-b': FILES['alerts-b'] };
    expect(found({ clusters: [A, B], files: late }).metrics['cluster.started_ms']).toBe(960);
    const slow_start = { ...late, 'alerts-b': Buffer.from(failed(200) + done(2000, 'start')) };
    expect(found({ clusters: [A, B], files: slow_start }).metrics['cluster.started_ms']).toBe(2000);
  });

  test('service that came late counts, not what was started before it', () => {
    const taken: AddressEvent = { at_ns: FAULT_NS + 5, node: 'a1', change: 'added', address: '198.18.1.100' };
    const segment = ipv4(6, tcp(ACK, 1, 1, []), { source: '198.18.1.100' });
    const answer = frameOf(ethernet(0x0800, segment, { source: MAC }), FAULT_NS + 1500 * MS);
    const { metrics } = found({ clusters: [B, A], events: [taken], frames: [answer] });
    expect(metrics).toMatchObject({ 'cluster.takeover_ms': 1500, 'vip.takeover_ms': 1500 });
  });

  test('but records, moments and addresses are of all', () => {
    const { records, moments, by_address } = found({ clusters: [A, B] });
    expect(records.map(({ cluster }) => cluster)).toEqual(['a', 'b']);
    expect(moments.map(({ at_ns, event }) => [(at_ns - FAULT_NS) / MS, event])).toEqual([
      [100, 'detected'],
      [300, 'started'],
      [200, 'detected'],
      [900, 'started'],
    ]);
    expect(by_address!.reaches).toEqual({
      kind: 'addresses',
      addresses: new Set(['198.18.1.100', '198.18.1.101']),
    });
  });

  test('a member of the one is none of the other', () => {
    const taken: AddressEvent = { at_ns: FAULT_NS + 5, node: 'b1', change: 'added', address: '198.18.1.100' };
    expect(found({ clusters: [A, B], events: [taken] }).metrics).not.toHaveProperty('cluster.address_ms');
  });
});
