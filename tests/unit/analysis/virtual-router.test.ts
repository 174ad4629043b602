import { describe, expect, test } from 'vitest';
import { routerFindings, routerMetrics } from '../../../harness/analysis/virtual-router.ts';
import type { AddressEvent, RouterFacts } from '../../../harness/journal/trial-facts.ts';
import { type Advert, advertFrame, ethernet, garpFrame, ipv4, udp } from '../observe/builder.ts';
import { frameOf } from '../observe/frames.ts';
import { FAULT, FAULT_NS, keepalivedConf, MS, R1_MACS, R2_MACS, ROUTER, wireOf } from './takeovers.ts';

const at = (ms: number) => FAULT_NS + ms * MS;
const R1: Advert = { source: '198.18.0.11', mac: R1_MACS[0]!, advert_int_ms: 100 };
const R2: Advert = { source: '198.18.0.12', mac: R2_MACS[0]!, advert_int_ms: 100 };
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
  routerFindings({ ...ROUTER, ...router }, { address_events: events, fault }, wireOf(frames), FAULT_NS);

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

  test('the silence ends Master_Down less the skew after the last advertisement, by the new master’s timers', () => {
    expect(found().silence_ns).toBe(at(260));
    const slower = ROUTER.members.map((member) =>
      member.node === 'r2' ? { ...member, keepalived_conf: keepalivedConf(0.2) } : member,
    );
    expect(found({ router: { members: slower } }).silence_ns).toBe(at(560));
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
    ['a node that is no member has it', [moved(341, 'client', 'added')], undefined],
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
    const seen = routerFindings(orphan, { address_events: [TAKEN], fault: FAULT }, wire, FAULT_NS);
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
      expect(routerFindings(router, facts, wireOf(FRAMES), FAULT_NS).bounds).toEqual({});
    });
  });
});

describe('routerMetrics', () => {
  test('count from the fault', () => {
    expect(routerMetrics(found(), FAULT_NS)).toEqual({
      'vip.fault_phase_ms': 40,
      'vip.detection_ms': 380,
      'vip.address_ms': 341,
      'vip.takeover_ms': 344,
      'vip.owners_max': 1,
    });
  });

  test('have nothing that was not seen', () => {
    expect(routerMetrics(found({ events: [], frames: [] }), FAULT_NS)).toEqual({ 'vip.owners_max': 1 });
  });

  test('an old master that still advertises was caught in no phase', () => {
    const metrics = routerMetrics(found({ frames: [advert(-40, R1), advert(60, R1)] }), FAULT_NS);
    expect(metrics).not.toHaveProperty('vip.fault_phase_ms');
  });
});
