import { describe, expect, test } from 'vitest';
import { areAlike, causeFor } from '../../../harness/analysis/causes.ts';
import type { Cause } from '../../../harness/systems/system-analysis.ts';

const VIP = '198.18.1.100';
const bound = (high: number) => ({ low: 0, high, from: `${high} ms` });
const at = (...addresses: string[]) => ({ kind: 'addresses', addresses: new Set(addresses) }) as const;
const ROUTED: Cause = { reaches: { kind: 'routed' }, bound: bound(300) };
const BEHIND: Cause = { reaches: { kind: 'behind' }, bound: bound(900) };
const OWN: Cause = { reaches: at(VIP), bound: bound(900) };
const LINK: Cause = { reaches: { kind: 'on-link' }, bound: bound(4000) };
const NOTHING = { takeover: undefined, missing: undefined };
const known = (high: number) => ({ ...NOTHING, takeover: bound(high) });

test('where nothing was broken that matters to a probe nothing is bounded', () => {
  expect(causeFor([], {}, { address: VIP })).toEqual(NOTHING);
  expect(causeFor([OWN, LINK, BEHIND], {}, { address: '203.0.113.1' })).toEqual(NOTHING);
});

describe('one that asks at an address', () => {
  test.each<[string, Cause[], ReturnType<typeof causeFor>]>([
    ['waits for what moves that address, and for nothing else', [ROUTED, OWN], known(900)],
    ['waits for the routers on its way, where nothing names its address', [ROUTED, BEHIND], known(300)],
    ['is not cut off where its address moves without that', [ROUTED, { reaches: at(VIP) }], NOTHING],
    [
      'has no bound where one is not known',
      [{ reaches: at(VIP), missing: 'a reason' }],
      { ...NOTHING, missing: 'a reason' },
    ],
  ])('%s', (_, causes, expected) => {
    expect(causeFor(causes, {}, { address: VIP })).toEqual(expected);
  });
});

describe('one that asks for what a system serves, whatever the address', () => {
  test.each<[string, Cause[], ReturnType<typeof causeFor>]>([
    ['waits for that system', [BEHIND], known(900)],
    ['has no bound where one of the routers is gone as well', [BEHIND, ROUTED], NOTHING],
    ['has none by the routers alone', [ROUTED], NOTHING],
  ])('%s', (_, causes, expected) => {
    expect(causeFor(causes, { behind: true }, { address: '169.254.169.254' })).toEqual(expected);
  });
});

test('one whose packets stay on its link minds only what is there', () => {
  const on_link = { on_link: true };
  expect(causeFor([ROUTED, OWN, BEHIND], on_link, { address: VIP })).toEqual(NOTHING);
  expect(causeFor([ROUTED, LINK], on_link, {})).toEqual(known(4000));
});

test('where each family has a router of its own a probe waits for that of its address', () => {
  const routed = (family: 4 | 6, high: number): Cause => ({
    reaches: { kind: 'routed', family },
    bound: bound(high),
  });
  const both = [routed(4, 300), routed(6, 900)];
  expect(causeFor(both, {}, { address: '203.0.113.1' })).toEqual(known(300));
  expect(causeFor(both, {}, { address: '2001:db8::1' })).toEqual(known(900));
  expect(causeFor([ROUTED], {}, { address: '2001:db8::1' })).toEqual(known(300));
});

describe('several causes of one kind', () => {
  const other: Cause = { reaches: { kind: 'routed' }, bound: { low: 100, high: 200, from: 'x' } };

  test('are over with the last of them', () => {
    expect(causeFor([ROUTED, other], {}, {}).takeover).toEqual({
      low: 100,
      high: 300,
      from: '300 ms, and x',
    });
  });

  test('say where in the interval the fault fell only where each of them does', () => {
    const phased = (high: number, at_phase: number): Cause => ({
      reaches: { kind: 'routed' },
      bound: { ...bound(high), at_phase },
    });
    expect(causeFor([phased(300, 250), phased(200, 190)], {}, {}).takeover?.at_phase).toBe(250);
    expect(causeFor([phased(300, 250), other], {}, {}).takeover).not.toHaveProperty('at_phase');
  });

  test('have no bound where one has none', () => {
    const unknown: Cause = { reaches: { kind: 'routed' }, missing: 'a reason' };
    expect(causeFor([ROUTED, unknown], {}, {})).toEqual({ ...NOTHING, missing: 'a reason' });
    expect(causeFor([ROUTED, { reaches: { kind: 'routed' } }], {}, {})).toEqual(NOTHING);
  });
});

test('probes are alike when the same keeps them from their services', () => {
  const near = causeFor([ROUTED, OWN], {}, { address: '203.0.113.1' });
  expect(areAlike(near, causeFor([ROUTED, OWN], {}, { address: '203.0.113.2' }))).toBe(true);
  expect(areAlike(near, causeFor([ROUTED, OWN], {}, { address: VIP }))).toBe(false);
  expect(areAlike(near, causeFor([], {}, { address: '203.0.113.1' }))).toBe(false);
  const unknown = causeFor([{ reaches: at(VIP), missing: 'a reason' }], {}, { address: VIP });
  expect(areAlike(unknown, causeFor([], {}, { address: VIP }))).toBe(false);
});

test('who asks at an address of the routers themselves does not wait for what they send on for others', () => {
  const own = new Set([VIP, '198.18.1.101']);
  const routed: Cause = { reaches: { kind: 'routed', own }, bound: bound(300) };
  const carried: Cause = { reaches: { kind: 'carried', ports: new Set(['tcp/80']), own }, bound: bound(300) };
  const web = { port: () => ({ protocol: 'tcp', port: 80 }) as const };
  expect(causeFor([routed, carried], web, { address: '198.18.1.101' })).toEqual(NOTHING);
  expect(causeFor([routed, carried, OWN], web, { address: VIP })).toEqual(known(900));
  expect(causeFor([routed, carried], web, { address: '203.0.113.1' })).toEqual(known(300));
});
