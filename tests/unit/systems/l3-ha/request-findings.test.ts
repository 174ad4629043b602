import { describe, expect, test } from 'vitest';
import type { RouterRequestFacts } from '../../../../harness/systems/l3-ha/findings/l3-facts.ts';
import { requestFindings } from '../../../../harness/systems/l3-ha/findings/request-findings.ts';
import { requestFailures } from '../../../../harness/systems/l3-ha/findings/request-words.ts';

const VIP = '198.18.2.1';
const S = 1e9;

const conf = (more = '', instance = '') => `${more}
vrrp_instance VI_2 {
  version 3
  state BACKUP
  interface ha
  virtual_router_id 2
  priority 50
  advert_int 1
  nopreempt
  ${instance}
  virtual_ipaddress { ${VIP}/24 dev inside no_track }
}
`;

function seen(more: Partial<NonNullable<RouterRequestFacts['seen']>> = {}): RouterRequestFacts['seen'] {
  const member_conf = ['r2-node1', 'r2-node2'].map((node) => ({ node, macs: [], keepalived_conf: conf() }));
  return { redundant: true, left: [], unable: [], member_conf, ...more };
}

function creation(more: Partial<RouterRequestFacts> = {}): RouterRequestFacts {
  return {
    ...{ kind: 'create', router: 'r2', vrid: 2, vip: VIP, at_ns: 10 * S, holders: [] },
    ...{ hosts: ['node2', 'node1'], undone_ns: 20 * S, redundant_ns: 15.3 * S, seen: seen()! },
    ...more,
  };
}

function deletion(more: Partial<RouterRequestFacts> = {}): RouterRequestFacts {
  return {
    ...{ kind: 'delete', router: 'r2', vrid: 2, vip: VIP, at_ns: 10 * S, holders: ['r2-node2'] },
    ...{ hosts: ['node2', 'node1'], undone_ns: 20 * S, seen: seen({ redundant: false, member_conf: [] })! },
    ...more,
  };
}

const event = (at_s: number, node: string, change: 'added' | 'removed', address = VIP) => ({
  at_ns: at_s * S,
  node,
  change,
  address,
});

describe('a router that is created', () => {
  const owned = [event(13.94, 'r2-node2', 'added')];

  test('has an owner after Master_Down, and its standbys after that', () => {
    const found = requestFindings([creation()], owned);
    expect(found.metrics).toEqual({
      ...{ 'l3.created': 1, 'l3.refused': 0, 'l3.created_replicas': 2, 'l3.without_standby': 0 },
      ...{ 'l3.created_ms': 3940, 'l3.created_redundant_ms': 5300 },
    });
    const { low, high } = found.bounds['l3.created_ms']!;
    // RFC 5798 section 6.1: 3 x 1 s + (256 - 50) / 256 s.
    expect(low).toBeCloseTo(3804.7, 1);
    expect(high).toBeCloseTo(low + 2000, 6);
    expect(found.bounds['l3.created_redundant_ms']!.high).toBeCloseTo(low + 5000, 6);
  });

  test('what moves after it is undone, or of another address, is not its', () => {
    const later = [event(5, 'r2-node2', 'added'), event(13, 'r1-node1', 'added', '198.18.1.1')];
    const { metrics, missing_metrics } = requestFindings(
      [creation()],
      [...later, event(21, 'r2-node2', 'added')],
    );
    expect(metrics).not.toHaveProperty(['l3.created_ms']);
    expect(missing_metrics['l3.created_ms']).toBe(`router 'r2': no node got ${VIP}`);
  });

  test.each([
    [
      'vrrp_startup_delay',
      conf('global_defs { vrrp_startup_delay 5 }\n'.replace(/ \{ | \}/g, '\n')),
      /vrrp_startup_delay/,
    ],
    [
      'an initial state MASTER',
      conf().replace('state BACKUP', 'state MASTER').replace('nopreempt', ''),
      /state MASTER/,
    ],
    ['the address owner', conf().replace('priority 50', 'priority 255'), /priority 255/],
    [
      'a file that is tracked',
      conf('track_file f {\n file /f\n weight 0\n}\n', 'track_file {\n f\n }'),
      /tracks file f/,
    ],
    ['a file that cannot be read', undefined, /could not be read/],
  ])('the bound says by name that it does not follow %s', (_, keepalived_conf, words) => {
    const member_conf = [{ node: 'r2-node2', macs: [], ...(keepalived_conf ? { keepalived_conf } : {}) }];
    const { bounds, missing_bounds, metrics } = requestFindings(
      [creation({ seen: seen({ member_conf })! })],
      owned,
    );
    expect(metrics['l3.created_ms']).toBe(3940);
    expect(bounds).toEqual({});
    expect(missing_bounds['l3.created_ms']).toMatch(words);
    expect(missing_bounds['l3.created_redundant_ms']).toMatch(words);
  });

  test('a refusal is a number and the words of the scheduler', () => {
    const refusal = "HANotEnoughAvailableAgents: router 'r2' is not created";
    const { seen: _, redundant_ns: __, ...asked } = creation({ hosts: [], refusal });
    const found = requestFindings([asked], []);
    expect(found.metrics).toEqual({ 'l3.created': 0, 'l3.refused': 1 });
    expect(found.notes).toEqual([`the scheduler refused a router: ${refusal}`]);
    expect(requestFailures(asked)).toEqual([]);
  });

  test('of several the longest counts, with its own bound; of one nothing is known, so it is not known', () => {
    const other = { router: 'r3', vip: '198.18.3.1', vrid: 3 };
    const events = [...owned, event(14.5, 'r3-node1', 'added', '198.18.3.1')];
    const both = requestFindings([creation(), creation(other)], events);
    expect(both.metrics['l3.created_ms']).toBe(4500);
    expect(both.missing_bounds['l3.created_ms']).toMatch(/^router 'r3'/);
    expect(both.parts['l3.created_ms']!.map(({ of, value }) => [of, value])).toEqual([
      ['r2', 3940],
      ['r3', 4500],
    ]);
    const one = requestFindings([creation(), creation(other)], owned);
    expect(one.metrics).not.toHaveProperty(['l3.created_ms']);
  });
});

describe('a router that is deleted', () => {
  test('is gone when the last node has lost its address', () => {
    const moved = [
      event(10.02, 'r2-node2', 'removed'),
      event(10.9, 'r2-node1', 'added'),
      event(12.5, 'r2-node1', 'removed'),
    ];
    const { metrics, missing_bounds } = requestFindings([deletion()], moved);
    expect(metrics).toEqual({ 'l3.deleted': 1, 'l3.left_behind': 0, 'l3.deleted_ms': 2500 });
    expect(missing_bounds['l3.deleted_ms']).toMatch(/without waiting for a timer/);
  });

  test('that a node takes over is not gone, and is counted', () => {
    const taken = [event(10.02, 'r2-node2', 'removed'), event(10.9, 'r2-node1', 'added')];
    const left = deletion({ seen: seen({ left: ['r2-node1'], unable: ['node1'] })! });
    const { metrics, missing_metrics, notes } = requestFindings([left], taken);
    expect(metrics).toEqual({ 'l3.deleted': 1, 'l3.left_behind': 1 });
    expect(missing_metrics['l3.deleted_ms']).toBe(`router 'r2': r2-node1 held ${VIP} to the end`);
    expect(notes).toEqual([
      "router 'r2' was deleted and ran on, on r2-node1: the agent of node1 did not work",
    ]);
  });
});

describe('what fails a trial', () => {
  test.each([
    ['a standby that did not come', creation({ seen: seen({ redundant: false })! }), /had no standby/],
    ['a place that runs on', deletion({ seen: seen({ left: ['r2-node1'] })! }), /still ran.*r2-node1/],
    [
      'work that did not succeed',
      creation({ trouble: 'keepalived did not start' }),
      /keepalived did not start/,
    ],
  ])('%s, while every agent works', (_, facts, words) => {
    expect(requestFailures(facts).join()).toMatch(words);
  });

  test('what an agent that does not work left undone does not, and is noted', () => {
    const facts = creation({ seen: seen({ redundant: false, unable: ['node1'] })! });
    expect(requestFailures(facts)).toEqual([]);
    expect(requestFindings([facts], []).notes.join()).toContain('had no standby: the agent of node1');
  });

  test('what came about does not', () => {
    expect([creation(), deletion()].flatMap(requestFailures)).toEqual([]);
  });
});
