import { describe, expect, test } from 'vitest';
import { laterFindings } from '../../../harness/analysis/per-fault.ts';
import type { AddressEvent, FaultFacts, TrialFacts } from '../../../harness/journal/trial-facts.ts';
import { advertFrame } from '../observe/builder.ts';
import { frameOf } from '../observe/frames.ts';
import { findingsOf } from './fault-case.ts';
import { FAULT, FAULT_NS, MS, R1_MACS, R2_MACS, ROUTER } from './takeovers.ts';

const at = (ms: number) => FAULT_NS + ms * MS;
const CRASH: FaultFacts = { ...FAULT, victims: ['r1'] };
/** Applied while nobody owned the address. */
const hang = (ms: number, victims: string[], more: Partial<FaultFacts> = {}): FaultFacts => ({
  label: `hang of ${victims.join()}/x`,
  before_ns: at(ms) - 1,
  after_ns: at(ms),
  victims,
  stops_forwarding: false,
  owners: {},
  ...more,
});
const FRAMES = [
  frameOf(
    advertFrame({ source: '198.18.0.11', mac: R1_MACS[0]!, advert_int_ms: 100, priority: 50 }),
    at(-40),
  ),
  frameOf(
    advertFrame({ source: '198.18.0.12', mac: R2_MACS[0]!, advert_int_ms: 100, priority: 50 }),
    at(340),
  ),
];
const event = (ms: number, node: string, change: AddressEvent['change']): AddressEvent => ({
  at_ns: at(ms),
  node,
  change,
  address: ROUTER.vip,
});
const TAKEN = [event(1, 'r1', 'removed'), event(341, 'r2', 'added')];

function found(later_faults: FaultFacts[], address_events = TAKEN, fault = CRASH) {
  const facts = {
    epoch_ns: '0',
    routers: [ROUTER],
    fault,
    later_faults,
    conntrack_fillings: [],
    address_events,
  } as unknown as TrialFacts;
  const faults = findingsOf(facts, FRAMES);
  return { first: faults[0], later: laterFindings(faults, []) };
}

describe('a fault that is applied before the takeover of the one before it is over', () => {
  test('takes nothing: the takeover stays that of the first, with its bound', () => {
    const { first, later } = found([hang(100, ['client'])]);
    expect(first.metrics['vip.address_ms']).toBe(341);
    expect(first.metrics['vip.detection_ms']).toBe(380);
    expect(first.bounds['vip.detection_ms']).toBeDefined();
    expect(Object.keys(later.metrics).filter((name) => name.includes('vip.'))).toEqual([]);
  });

  test('where it takes part of a member, the bound is not known, and it is named', () => {
    const { first } = found([hang(100, ['r2'])]);
    expect(first.metrics['vip.address_ms']).toBe(341);
    expect(first.bounds).toEqual({});
    expect(first.missing_bounds['vip.detection_ms']).toBe(
      'another fault, hang of r2/x, was applied 100 ms after it, before the takeover was over',
    );
  });

  test('after the takeover it changes nothing of it', () => {
    const { first } = found([hang(400, ['r2'], { owners: { router: 'r2' } })]);
    expect(first.metrics['vip.address_ms']).toBe(341);
    expect(first.bounds['vip.detection_ms']).toBeDefined();
  });

  test('that nobody has taken it over yet is no takeover of either', () => {
    const { first } = found([hang(100, ['client'])], [event(1, 'r1', 'removed')]);
    expect(first.metrics['vip.address_ms']).toBeUndefined();
  });
});

describe('a fault that is healed before its takeover is over', () => {
  const mended = { ...CRASH, mended: { from_ns: at(100), until_ns: at(150) } };

  test('has it, without a bound, where nobody held the address then', () => {
    const { first } = found([], TAKEN, mended);
    expect(first.metrics['vip.address_ms']).toBe(341);
    expect(first.missing_bounds['vip.detection_ms']).toBe(
      'the fault was healed 100 ms after it, before the takeover was over',
    );
  });

  test('does not have what moved because of the healing', () => {
    const { first } = found([], [event(341, 'r2', 'added')], mended);
    expect(first.metrics['vip.address_ms']).toBeUndefined();
  });
});

test('a later fault that takes nothing has no detection of its own: that is of the next one', () => {
  const second = hang(50, ['client'], { owners: { router: 'r1' } });
  const third = { ...hang(100, ['r1'], { owners: { router: 'r1' } }), departure: 'abrupt' as const };
  const { later } = found([second, third], [event(101, 'r1', 'removed'), event(341, 'r2', 'added')], {
    ...hang(0, ['server'], { owners: { router: 'r1' } }),
    before_ns: FAULT_NS - 1,
  });
  expect(later.metrics['fault2.vip.detection_ms']).toBeUndefined();
  expect(later.metrics['fault3.vip.detection_ms']).toBe(380);
});

test('where records do not say who owned what, a later fault ends the stretch of the one before it', () => {
  const { owners: _, ...old } = hang(100, ['client']);
  const { first } = found([old]);
  expect(first.metrics['vip.address_ms']).toBeUndefined();
});
