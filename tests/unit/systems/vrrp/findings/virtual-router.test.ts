import { describe, expect, test } from 'vitest';
import type { AddressEvent, RouterFacts } from '../../../../../harness/journal/trial-facts.ts';
import {
  routerFindings,
  routerMetrics,
} from '../../../../../harness/systems/vrrp/findings/virtual-router.ts';
import {
  FAULT,
  FAULT_NS,
  keepalivedConf,
  MS,
  R1_MACS,
  R2_MACS,
  ROUTER,
  WINDOWS,
  wireOf,
} from '../../../analysis/takeovers.ts';
import { type Advert, advertFrame, ethernet, garpFrame, ipv4, udp } from '../../../observe/builder.ts';
import { frameOf } from '../../../observe/frames.ts';

const at = (ms: number) => FAULT_NS + ms * MS;
const R1: Advert = { source: '198.18.0.11', mac: R1_MACS[0]!, advert_int_ms: 100 };
const R2: Advert = { source: '198.18.0.12', mac: R2_MACS[0]!, advert_int_ms: 100, priority: 50 };
const advert = (ms: number, who: Advert) => frameOf(advertFrame(who), at(ms));
const probe = (ms: number, from: number, to: number) =>
  frameOf(ethernet(0x0800, ipv4(17, udp(from, to, [1])), { source: R2_MACS[1]! }), at(ms));
const moved = (
  ms: number,
  node: string,
  change: AddressEvent['change'],
  address = ROUTER.vip,
): AddressEvent => ({
  at_ns: at(ms),
  node,
  change,
  address,
});

const FRAMES = [
  ...[-240, -140, -40].map((ms) => advert(ms, R1)),
  advert(340, R2),
  frameOf(garpFrame(R2_MACS[0]!, ROUTER.vip), at(342)),
  probe(344, 40_000, 7001),
  probe(345, 7001, 40_000),
];
const TAKEN = moved(341, 'r2', 'added');
const LEFT = moved(1, 'r1', 'removed');

interface Case {
  router?: Partial<RouterFacts>;
  events?: AddressEvent[];
  fault?: typeof FAULT | undefined;
  frames?: typeof FRAMES;
}
const found = ({ router, events = [LEFT, TAKEN], fault = FAULT, frames = FRAMES }: Case = {}) =>
  routerFindings({ ...ROUTER, ...router }, { address_events: events, fault }, wireOf(frames), WINDOWS);

describe('routerFindings', () => {
  test('has the steps from the witness of each', () => {
    expect(found()).toMatchObject({
      new_owner: 'r2',
      address_ns: at(341),
      forwarded_ns: at(344),
      answer_ns: at(345),
      owners_max: 1,
      timeline: { last_advert_ns: at(-40), first_advert_ns: at(340), first_garp_ns: at(342) },
    });
  });

  test('the silence ends Master_Down less the skew after the last advertisement', () => {
    expect(found().silence_ns).toBe(at(260));
  });

  describe('what the new master waited by', () => {
    const members = (advert_int: number, priority: number) =>
      ROUTER.members.map((member) =>
        member.node === 'r2' ? { ...member, keepalived_conf: keepalivedConf(advert_int, priority) } : member,
      );

    test('with v3 the interval is the old master’s, whatever its own is (RFC 5798 §6.4.2)', () => {
      const seen = found({ router: { members: members(0.2, 50) } });
      expect(seen.silence_ns).toBe(at(260));
      expect(seen.bounds['vip.takeover_ms']!.high).toBeCloseTo(380.47, 1);
      // The last advert was sent 40 ms before the fault.
      expect(seen.bounds['vip.takeover_ms']!.at_phase).toBeCloseTo(340.47, 1);
    });

    test('the priority is that of its first advert, whatever is configured', () => {
      const frames = [advert(-40, R1), advert(340, { ...R2, priority: 150 })];
      const seen = found({ frames, router: { members: members(0.1, 100) } });
      expect(seen.bounds['vip.takeover_ms']!.high).toBeCloseTo(300 + (106 / 256) * 100, 1);
    });

    test('adverts of another family with the same VRID are not its own', () => {
      const own = found().timeline;
      const strange = advert(100, { ...R2, vrid: 8 });
      expect(found({ frames: [...FRAMES, strange] }).timeline).toEqual(own);
    });
  });

  describe('two owners', () => {
    const lengths = (events: AddressEvent[]) => {
      const metrics = routerMetrics(found({ events }), WINDOWS);
      return [metrics['vip.owners_max'], metrics['vip.two_owners_ms'], metrics['rejoin.two_owners_ms']];
    };
    test.each<[string, AddressEvent[], number[]]>([
      ['a handover of 49 ms is none', [moved(341, 'r2', 'added'), moved(390, 'r1', 'removed')], [1, 0, 0]],
      ['51 ms are', [moved(341, 'r2', 'added'), moved(392, 'r1', 'removed')], [2, 51, 0]],
      ['for good, until the end', [moved(4000, 'r2', 'added')], [2, 1000, 2000]],
      [
        'after healing only',
        [LEFT, TAKEN, moved(5500, 'r1', 'added'), moved(6000, 'r2', 'removed')],
        [2, 0, 500],
      ],
    ])('%s', (_, events, expected) => {
      expect(lengths(events)).toEqual(expected);
    });

    test('a handover is reported with its length', () => {
      const events = [moved(341, 'r2', 'added'), moved(351, 'r1', 'removed')];
      expect(found({ events }).notes).toEqual([
        expect.stringContaining('r1 and r2 both held 198.18.0.1 for 10.0 ms'),
      ]);
    });
  });

  test('who owns nothing yet forwards nothing: a frame before the address does not count', () => {
    const frames = [
      ...FRAMES.slice(0, 5),
      probe(20, 40_000, 7001),
      probe(21, 7001, 40_000),
      ...FRAMES.slice(5),
    ];
    expect(found({ frames })).toMatchObject({ forwarded_ns: at(344), answer_ns: at(345) });
  });

  test('its owner of before has it again after healing: the fail-back', () => {
    const events = [LEFT, TAKEN, moved(5600, 'r1', 'added'), moved(5601, 'r2', 'removed')];
    expect(routerMetrics(found({ events }), WINDOWS)['rejoin.failback_ms']).toBe(600);
  });

  test('what brings it back after the next fault is no fail-back', () => {
    const events = [LEFT, TAKEN, moved(5600, 'r1', 'added')];
    const windows = { ...WINDOWS, heal_ns: at(2000) };
    const facts = { address_events: events, fault: FAULT };
    const until = (ms: number) => routerFindings(ROUTER, facts, wireOf(FRAMES), windows, { next_ns: at(ms) });
    expect(until(5000).failback).toBeUndefined();
    // Healing of the whole trial began later than that of the fault, which is what counts.
    expect(routerMetrics(until(6000), WINDOWS)['rejoin.failback_ms']).toBe(3600);
  });

  test('who says goodbye is waited for no longer', () => {
    const frames = [advert(-40, R1), advert(1, { ...R1, priority: 0 }), advert(81, R2)];
    const graceful = { ...FAULT, departure: 'graceful' as const };
    expect(found({ frames, fault: graceful }).silence_ns).toBe(at(1));
  });

  test.each<[string, AddressEvent[], string | undefined]>([
    ['nobody took it', [], undefined],
    ['its owner took it back', [moved(10, 'r1', 'removed'), moved(20, 'r1', 'added')], undefined],
    ['another address moved', [moved(341, 'r2', 'added', '198.18.0.9')], undefined],
    ['a node that is not a member has it', [moved(341, 'client', 'added')], undefined],
    ['it moved before the fault', [moved(-1, 'r2', 'added')], undefined],
    ['it moved with the fault', [moved(0, 'r2', 'added')], 'r2'],
  ])('%s', (_, events, owner) => {
    const { new_owner, forwarded_ns } = found({ events });
    expect(new_owner).toBe(owner);
    expect(forwarded_ns).toBe(owner && at(344));
  });

  test.each<[number, AddressEvent[]]>([
    [1, [moved(10, 'r1', 'removed'), moved(341, 'r2', 'added')]],
    [2, [moved(341, 'r2', 'added')]],
    [2, [moved(341, 'r2', 'added'), moved(342, 'r1', 'removed'), moved(900, 'r1', 'added')]],
    [1, []],
  ])('at most %d nodes held it', (most, events) => {
    expect(found({ events }).owners_max).toBe(most);
  });

  test('nobody held it before, then one did', () => {
    const { owner: _, ...orphan } = ROUTER;
    const wire = wireOf(FRAMES);
    const seen = routerFindings(orphan, { address_events: [TAKEN], fault: FAULT }, wire, WINDOWS);
    expect(seen).toMatchObject({ owners_max: 1, new_owner: 'r2' });
  });

  describe('bounds', () => {
    const names = ['vip.address_ms', 'vip.detection_ms', 'vip.takeover_ms'];

    test('are those of the departure', () => {
      const abrupt = found().bounds;
      expect(Object.keys(abrupt).sort()).toEqual(names);
      expect(abrupt['vip.takeover_ms']!.low).toBeCloseTo(280.47, 1);
      expect(abrupt['vip.takeover_ms']!.high).toBeCloseTo(380.47, 1);
      const graceful = found({ fault: { ...FAULT, departure: 'graceful' } }).bounds;
      expect(graceful['vip.takeover_ms']!.high).toBeLessThan(150);
    });

    test.each<[string, Case]>([
      ['its victims stay', { fault: { ...FAULT, departure: undefined as never } }],
      ['nothing was broken', { fault: undefined as never }],
      ['the configuration can’t be read', { router: { members: [{ node: 'r2', macs: R2_MACS }] } }],
      [
        'the configuration says more than is known here',
        { router: { members: [{ node: 'r2', macs: R2_MACS, keepalived_conf: 'include other.conf' }] } },
      ],
      ['it has no such virtual router', { router: { vrid: 8 } }],
      ['nobody took over', { events: [] }],
    ])('there are none where %s', (_, one) => {
      const fault = 'fault' in one && one.fault === undefined ? {} : { fault: one.fault ?? FAULT };
      const facts = { address_events: one.events ?? [TAKEN], ...fault };
      const router = { ...ROUTER, ...one.router };
      expect(routerFindings(router, facts, wireOf(FRAMES), WINDOWS).bounds).toEqual({});
    });

    test('of a standby’s loss none is missing', () => {
      const facts = { address_events: [], fault: { ...FAULT, victims: ['r2'] } };
      const missing = (owner: string) =>
        routerFindings({ ...ROUTER, owner }, facts, wireOf(FRAMES), WINDOWS).missing_bounds;
      expect([missing('r1'), missing('r2')['vip.takeover_ms']]).toEqual([{}, 'nobody took over']);
    });
  });
});

describe('routerMetrics', () => {
  test('count from the fault', () => {
    expect(routerMetrics(found(), WINDOWS)).toEqual({
      'vip.fault_phase_ms': 40,
      'vip.detection_ms': 380,
      'vip.address_ms': 341,
      'vip.takeover_ms': 344,
      ...{ 'vip.owners_max': 1, 'vip.owners_left': 1 },
      'vip.two_owners_ms': 0,
      'rejoin.two_owners_ms': 0,
    });
  });

  test('have nothing that was not seen', () => {
    expect(routerMetrics(found({ events: [], frames: [] }), WINDOWS)).toEqual({
      ...{ 'vip.owners_max': 1, 'vip.owners_left': 1 },
      'vip.two_owners_ms': 0,
      'rejoin.two_owners_ms': 0,
    });
  });

  test('an old master that still advertises was caught in no phase', () => {
    const metrics = routerMetrics(found({ frames: [advert(-40, R1), advert(60, R1)] }), WINDOWS);
    expect(metrics).not.toHaveProperty('vip.fault_phase_ms');
  });
});
