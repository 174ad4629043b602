import { describe, expect, test } from 'vitest';
import type { ConntrackFilling, FaultFacts } from '../../../../../harness/journal/trial-facts.ts';
import type { Outage } from '../../../../../harness/outage/outage.ts';
import { takeoverMetrics, takeoverOf } from '../../../../../harness/systems/vrrp/findings/takeover.ts';
import type { RouterFindings } from '../../../../../harness/systems/vrrp/findings/virtual-router.ts';
import { FAULT, FAULT_NS, findings, MS, WINDOWS, wireOf } from '../../../analysis/takeovers.ts';
import { from_server, RST } from '../../../observe/conversation.ts';
import { frameOf } from '../../../observe/frames.ts';
import { segmentFrame } from '../../../observe/message-builder.ts';

const at = (ms: number) => FAULT_NS + ms * MS;
const OUTAGE: Outage = {
  start_ns: at(2),
  end_ns: at(342),
  outage_ms: 340,
  outage_error_ms: 5,
  loss_derived_ms: 340,
  lost: 68,
  open: false,
};
const FILLING: ConntrackFilling = {
  node: 'r2',
  first_ns: at(350),
  last_ns: at(361),
  entries: 9,
  complete: true,
};

interface Case {
  routers?: RouterFindings[];
  fault?: Partial<FaultFacts>;
  fillings?: ConntrackFilling[];
  outage?: Outage | undefined;
  resets_ms?: number[];
}
function takeover({
  routers = [findings()],
  fault,
  fillings = [FILLING],
  resets_ms = [],
  ...rest
}: Case = {}) {
  const resets = resets_ms.map((ms, i) => {
    const [, segment] = from_server(0, { seq: 1, ack: 1, flags: RST, destination_port: 40_000 + i });
    return frameOf(segmentFrame(segment), at(ms));
  });
  const facts = { fault: { ...FAULT, ...fault }, conntrack_fillings: fillings };
  return takeoverOf(routers, facts, wireOf(resets), 'outage' in rest ? rest.outage : OUTAGE);
}
const metrics = (one: Case = {}) => takeoverMetrics(takeover(one)!, WINDOWS);

describe('takeoverOf', () => {
  test('is none when no address moved', () => {
    expect(takeover({ routers: [] })).toBeUndefined();
    expect(takeover({ routers: [findings({ new_owner: undefined })] })).toBeUndefined();
  });

  test('of several routers the slowest speaks, and one that did not move never', () => {
    const slow = findings({ answer_ns: at(500) });
    const still = findings({ new_owner: undefined, answer_ns: at(900) });
    expect(takeover({ routers: [findings(), slow, still] })!.router).toBe(slow);
    const mute = findings({ answer_ns: undefined, forwarded_ns: at(600) });
    expect(takeover({ routers: [mute, slow] })!.router).toBe(mute);
  });

  test('a crash breaks service with the fault: detection counts from there', () => {
    expect(takeover()!.phases).toEqual({
      detection_ms: 260,
      election_ms: 80,
      address_ms: 1,
      garp_ms: 1,
      forwarding_ms: 2,
      answer_ms: 1,
    });
    expect(takeover()!.remainder_ms).toBe(-5);
  });

  test('a victim that goes on forwarding: only what falls into the outage counts', () => {
    const outage = { ...OUTAGE, start_ns: at(341), end_ns: at(346), outage_ms: 5 };
    const { phases, remainder_ms } = takeover({ fault: { stops_forwarding: false }, outage })!;
    expect(phases).toMatchObject({ detection_ms: 0, election_ms: 0, address_ms: 0, garp_ms: 1 });
    expect(remainder_ms).toBe(1);
  });

  test('and without an outage there is nothing to explain', () => {
    const { phases, remainder_ms } = takeover({ fault: { stops_forwarding: false }, outage: undefined })!;
    expect(Object.values(phases!)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(remainder_ms).toBe(0);
  });

  test('no client was answered: no phases', () => {
    const mute = takeover({ routers: [findings({ answer_ns: undefined })] })!;
    expect(mute).toMatchObject({ phases: undefined, remainder_ms: undefined });
  });

  test.each<[string, ConntrackFilling[]]>([
    ['none', []],
    ['of another node', [{ ...FILLING, node: 'r1' }]],
    ['over before the fault', [{ ...FILLING, first_ns: at(-20), last_ns: at(-10) }]],
    ['begun with the healing', [{ ...FILLING, first_ns: WINDOWS.heal_ns, last_ns: WINDOWS.end_ns }]],
  ])('a filling that is %s is not of this takeover', (_, fillings) => {
    const seen = takeover({ fillings })!;
    expect(seen.filling).toBeUndefined();
    expect(seen.window_resets).toBeUndefined();
  });

  test('of a filling that was not wholly noted nothing is known for sure', () => {
    const seen = takeover({ fillings: [{ ...FILLING, complete: false }] })!;
    expect(seen).toMatchObject({ filling: undefined, window_resets: undefined });
    expect(seen.unclear).toEqual([expect.stringMatching(/connection table of r2 .* at least 9 sessions/)]);
    expect(metrics({ fillings: [{ ...FILLING, complete: false }] })).not.toHaveProperty(
      'conntrack.committed',
    );
    expect(takeover()!.unclear).toEqual([]);
  });

  test('the first of several fillings is', () => {
    const later = { ...FILLING, first_ns: at(900), last_ns: at(901) };
    expect(takeover({ fillings: [FILLING, later] })!.filling).toBe(FILLING);
  });

  test('resets count from the address being up to the last session being in the table', () => {
    expect(takeover({ resets_ms: [340, 341, 350, 361, 362] })!.window_resets).toBe(3);
  });
});

describe('takeoverMetrics', () => {
  test('name phases, the window and the level', () => {
    expect(metrics({ resets_ms: [350] })).toEqual({
      'phase.detection_ms': 260,
      'phase.election_ms': 80,
      'phase.address_ms': 1,
      'phase.garp_ms': 1,
      'phase.forwarding_ms': 2,
      'phase.answer_ms': 1,
      'phase.remainder_ms': -5,
      'etsi.availability_level': 1,
      'vip.commit_window_ms': 20,
      'conntrack.committed': 9,
      'vip.commit_window_resets': 1,
    });
  });

  test('a table that was full before the address came left no window', () => {
    const early = { ...FILLING, first_ns: at(100), last_ns: at(120) };
    expect(metrics({ fillings: [early] })).toMatchObject({
      'vip.commit_window_ms': 0,
      'vip.commit_window_resets': 0,
    });
  });

  test('have no phase, level or window that was not seen', () => {
    const mute = findings({ answer_ns: undefined });
    expect(metrics({ routers: [mute], fillings: [] })).toEqual({});
  });

  test('a detection after 1 s is of level 2, however soon service came', () => {
    const slow = findings();
    slow.timeline.first_advert_ns = at(1500);
    expect(metrics({ routers: [{ ...slow, answer_ns: at(1600) }] })['etsi.availability_level']).toBe(2);
  });
});
