import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../harness/ground/errors.ts';
import type { FaultFacts, TrialFacts } from '../../../../harness/journal/trial-facts.ts';
import { ethernetFrame, type Frame } from '../../../../harness/observe/frame.ts';
import { type EcmpFacts, ecmpFactsOf } from '../../../../harness/systems/ecmp/findings/ecmp-facts.ts';
import { findingsOf } from '../../analysis/fault-case.ts';
import { FAULT, FAULT_NS, MS, WINDOWS } from '../../analysis/takeovers.ts';
import { ethernet, ipv4, tcp, u16 } from '../../observe/builder.ts';

const SERVICE = '198.19.0.100';
const NODES = ['lb1', 'lb2', 'lb3'];
const macOf = (node: string) => `02:00:00:00:00:1${node.at(-1)}`;
const addressOf = (node: string) => `198.18.1.1${node.at(-1)}`;
const routes = (...nodes: string[]) => [{ destination: SERVICE, next_hops: nodes.map(addressOf) }];
const change = (after_ms: number, ...nodes: string[]) => ({
  at_ns: FAULT_NS + after_ms * MS,
  ...routes(...nodes)[0]!,
});

const FACTS: EcmpFacts = {
  routers: [
    {
      node: 'router',
      announcers: NODES.map((node) => ({
        node,
        address: addressOf(node),
        interface: 'fabric',
        silence: { bfd: { interval_ms: 300, multiplier: 3 }, hold_ms: 9000, keepalive_ms: 3000 },
        check: { interval_ms: 1000, timeout_ms: 1000, fall: 2 },
      })),
      before: routes(...NODES),
      during: routes('lb2', 'lb3'),
      changes: [change(700, 'lb2', 'lb3'), change(7500, ...NODES)],
    },
  ],
  segments: { inside: Object.fromEntries(NODES.map((node) => [macOf(node), node])) },
};
const CRASH: FaultFacts = { ...FAULT, victims: ['lb1'] };

const trial = (fault: FaultFacts, facts = FACTS, later: FaultFacts[] = []) =>
  ({
    ...{ epoch_ns: '0', routers: [], address_events: [], conntrack_fillings: [] },
    ...{ fault, later_faults: later, systems: { ecmp: facts } },
  }) as unknown as TrialFacts;

function packet(at_ns: number, port: number, node: string): Frame {
  const segment = [...u16(port), ...tcp(16, 1, 1, []).slice(2)];
  const bytes = Uint8Array.from(
    ethernet(0x0800, ipv4(6, segment, { destination: SERVICE }), { destination: macOf(node) }),
  );
  return ethernetFrame(at_ns, bytes, 0, bytes.length)!;
}

/** Connections that begin before the fault at each node in turn, and where their packets go after it, and after healing. */
function connections(...ways: [before: string, during: string, after: string][]): Frame[] {
  return [FAULT_NS - 100 * MS, FAULT_NS + 1000 * MS, WINDOWS.heal_ns + 1000 * MS].flatMap((at_ns, moment) =>
    ways.map((way, at) => packet(at_ns, 5000 + at, way[moment]!)),
  );
}

describe('a balancer that loses its power', () => {
  test('has its next hop in the router for as long as BFD takes, and no other flow moves', () => {
    const frames = connections(['lb1', 'lb2', 'lb2'], ['lb2', 'lb2', 'lb2'], ['lb3', 'lb3', 'lb3']);
    const [found] = findingsOf(trial(CRASH), frames);
    expect(found.metrics).toEqual({
      'ecmp.withdrawn_ms': 700,
      'ecmp.next_hops': 2,
      'ecmp.flows': 2,
      'ecmp.rehashed': 0,
      'ecmp.rehashed_by_return': 0,
    });
    expect(found.bounds['ecmp.withdrawn_ms']).toMatchObject({ low: 600, high: 900 });
    expect(found.causes).toMatchObject([
      { disturbs: true, reaches: { addresses: new Set([SERVICE]) }, bound: { low: 0, high: 900 } },
    ]);
    expect(found.moments).toMatchObject([{ at_ns: FAULT_NS + 700 * MS }]);
  });

  test('takes flows of others along, and its return takes more', () => {
    const frames = connections(
      ['lb1', 'lb2', 'lb2'],
      ['lb2', 'lb3', 'lb3'],
      ['lb3', 'lb3', 'lb2'],
      ['lb2', 'lb2', 'lb1'],
    );
    const { metrics } = findingsOf(trial(CRASH), frames)[0];
    expect(metrics).toMatchObject({ 'ecmp.flows': 3, 'ecmp.rehashed': 1, 'ecmp.rehashed_by_return': 2 });
  });
});

test('a connection that waits at the lost node until it is back is not one that the return breaks', () => {
  const frames = connections(['lb1', 'lb1', 'lb2'], ['lb2', 'lb2', 'lb2']);
  expect(findingsOf(trial(CRASH), frames)[0].metrics).toMatchObject({ 'ecmp.rehashed_by_return': 0 });
});

test('where the router keeps the route there is no time, and a reason', () => {
  const kept = { ...FACTS, routers: [{ ...FACTS.routers[0]!, during: routes(...NODES), changes: [] }] };
  const [found] = findingsOf(trial(CRASH, kept), []);
  expect(found.metrics).not.toHaveProperty(['ecmp.withdrawn_ms']);
  expect(found.missing_metrics['ecmp.withdrawn_ms']).toMatch(/kept its route/);
  expect(found.metrics).toMatchObject({ 'ecmp.next_hops': 3 });
});

test('where the router was not asked nothing is known of its routes', () => {
  const unknown = { ...FACTS, routers: [{ ...FACTS.routers[0]!, during: null }] };
  const [found] = findingsOf(trial(CRASH, unknown), []);
  expect(found.metrics).not.toHaveProperty(['ecmp.next_hops']);
  expect(found.missing_metrics['ecmp.withdrawn_ms']).toMatch(/was not heard/);
});

test('each of several faults has its own time, and clients have no bound', () => {
  const later = {
    ...CRASH,
    victims: ['lb2'],
    before_ns: FAULT_NS + 1000 * MS,
    after_ns: FAULT_NS + 1000 * MS,
  };
  const facts = {
    ...FACTS,
    routers: [
      {
        ...FACTS.routers[0]!,
        during: routes('lb3'),
        changes: [change(700, 'lb2', 'lb3'), change(1650, 'lb3')],
      },
    ],
  };
  const [first, second] = findingsOf(trial(CRASH, facts, [later]), []);
  expect(first.metrics).toMatchObject({ 'ecmp.withdrawn_ms': 700, 'ecmp.next_hops': 1 });
  expect(second!.metrics).toEqual({ 'ecmp.withdrawn_ms': 650 });
  expect(first.causes[0]!.missing).toMatch(/several faults/);
});

test('a fault elsewhere has no time of its own', () => {
  const [found] = findingsOf(trial({ ...CRASH, victims: ['web1'] }), []);
  expect(found.bounds).toEqual({});
  expect(found.causes).toEqual([]);
  expect(found.metrics).not.toHaveProperty(['ecmp.withdrawn_ms']);
});

test('facts that are not what they should be are refused with their place', () => {
  expect(() => ecmpFactsOf({ systems: { ecmp: { routers: 'none' } } })).toThrow(InputError);
  expect(() => ecmpFactsOf({ systems: { ecmp: { routers: 'none' } } })).toThrow(
    'systems.ecmp.routers in the facts',
  );
  expect(ecmpFactsOf({ systems: {} })).toBeUndefined();
});
