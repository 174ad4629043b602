import { describe, expect, test } from 'vitest';
import type { FaultFacts } from '../../../../../harness/journal/trial-facts.ts';
import type { CutWire } from '../../../../../harness/systems/system-analysis.ts';
import { asItHits, cutOffOf, isolatedBy } from '../../../../../harness/systems/vrrp/findings/cut-off.ts';
import { FAULT_NS, ROUTER } from '../../../analysis/takeovers.ts';

const FAULT: FaultFacts = {
  ...{ label: 'restart of sw2/ovs-vswitchd', before_ns: FAULT_NS, after_ns: FAULT_NS },
  ...{ stops_forwarding: false, victims: ['sw2'] },
};
/** Adverts every 0.1 s and priority 50: the other waits for 380 ms. */
const bound = (low: number) => ({ low, high: low + 3000, from: '' });
const wire = (name: string, gap: CutWire['gap'], node = 'r1'): CutWire => ({ node, interface: name, gap });
const hit = (cut: CutWire[], taken = false) => asItHits(FAULT, cutOffOf(ROUTER, cut), taken);

describe('a fault that cuts the owner of a router off', () => {
  test('is an abrupt departure where it lasts for longer than the others wait', () => {
    expect(hit([wire('ha', bound(400)), wire('inside', bound(400))])).toMatchObject({
      departure: 'abrupt',
      stops_forwarding: true,
      victims: ['sw2', 'r1'],
    });
  });

  test('without end as well, and where only the adverts are lost its owner forwards on', () => {
    expect(hit([wire('ha', 'nothing writes the flows')])).toMatchObject({
      departure: 'abrupt',
      stops_forwarding: false,
    });
  });

  test('that may be over before the others notice moves nothing, unless one took over', () => {
    const cut = [wire('ha', bound(300)), wire('inside', bound(300))];
    expect(hit(cut).departure).toBeUndefined();
    expect(hit(cut, true).departure).toBe('abrupt');
  });

  test('by another wire alone leaves it the owner', () => {
    const found = hit([wire('inside', bound(5000))]);
    expect(found.departure).toBeUndefined();
    expect(found.victims).toEqual(['sw2', 'r1']);
  });

  test('of a standby, or of a member that the fault takes itself, is as it was', () => {
    expect(hit([wire('ha', bound(5000), 'r2')])).toBe(FAULT);
    const crash = { ...FAULT, victims: ['r1'] };
    expect(asItHits(crash, cutOffOf(ROUTER, [wire('ha', bound(5000))]), true)).toBe(crash);
  });
});

describe('a fault that cuts every wire of a member', () => {
  const router = {
    ...ROUTER,
    members: ROUTER.members.map((member) => ({
      ...member,
      wires: ['ha', 'inside'].map((name) => ({ interface: name, segment: name })),
    })),
  };
  const isolate = (node: string, names: string[], more: Partial<FaultFacts> = {}): FaultFacts => ({
    ...{ label: `isolate of ${node}`, before_ns: FAULT_NS, after_ns: FAULT_NS, stops_forwarding: false },
    ...{ victims: [node], cuts: names.map((name) => ({ node, interface: name })), ...more },
  });
  const hits = (fault: FaultFacts) => {
    const isolated = isolatedBy(fault, router);
    return asItHits(fault, cutOffOf(router, isolated), false, isolated.length > 0);
  };

  test('is an abrupt departure of the owner, once, although it goes on', () => {
    expect(hits(isolate('r1', ['ha', 'inside']))).toMatchObject({
      departure: 'abrupt',
      stops_forwarding: true,
      victims: ['r1'],
    });
  });

  test('that is healed before the others notice moves nothing', () => {
    const mended = { from_ns: FAULT_NS + 100e6, until_ns: FAULT_NS + 120e6 };
    expect(hits(isolate('r1', ['ha', 'inside'], { mended })).departure).toBeUndefined();
  });

  test('of a standby, of one wire alone, or of a carrier that its daemon looks at, is as it was', () => {
    const loss = { node: 'r1', kind: 'interface', name: 'ha' } as const;
    for (const fault of [
      isolate('r2', ['ha', 'inside']),
      isolate('r1', ['ha']),
      isolate('r1', ['ha', 'inside'], { loss }),
    ])
      expect(hits(fault)).toBe(fault);
  });

  test('behind a switch in its node is one, with the carrier or without: no daemon looks at that', () => {
    const behind = {
      ...router,
      members: router.members.map((member) => ({
        ...member,
        wires: [{ interface: 'ha', segment: 'data', through: 'data' }],
      })),
    };
    const loss = { node: 'r1', kind: 'interface', name: 'data' } as const;
    for (const fault of [isolate('r1', ['data']), isolate('r1', ['data'], { loss })]) {
      const isolated = isolatedBy(fault, behind);
      const cut = cutOffOf(behind, isolated);
      expect(asItHits(fault, cut, false, true)).toMatchObject({
        departure: 'abrupt',
        stops_forwarding: true,
      });
    }
    expect(isolatedBy(isolate('r1', ['ha']), behind)).toEqual([]);
  });
});
