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

function found(later_faults: FaultFacts[], address_events = TAKEN) {
  const facts = {
    epoch_ns: '0',
    routers: [ROUTER],
    fault: CRASH,
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

test('where records do not say who owned what, a later fault ends the stretch of the one before it', () => {
  const { owners: _, ...old } = hang(100, ['client']);
  const { first } = found([old]);
  expect(first.metrics['vip.address_ms']).toBeUndefined();
});
