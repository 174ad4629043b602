import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../harness/ground/errors.ts';
import type { EcmpFacts, RouteChange } from '../../../../harness/systems/ecmp/findings/ecmp-facts.ts';
import { parseRouteChanges, parseRoutes } from '../../../../harness/systems/ecmp/findings/kernel-routes.ts';
import { nextHopRows } from '../../../../harness/systems/ecmp/findings/next-hop-rows.ts';
import { notSpread } from '../../../../harness/systems/ecmp/findings/not-spread.ts';
import { parseBuckets } from '../../../../harness/systems/ecmp/findings/parse-buckets.ts';
import { fewestNextHops, withdrawnAt } from '../../../../harness/systems/ecmp/findings/route-history.ts';

const SERVICE = '198.19.0.100';
const [A, B, C] = ['198.18.1.11', '198.18.1.12', '198.18.1.13'] as const;
const EPOCH_NS = BigInt(Date.parse('2026-11-29T10:38:40Z')) * 1_000_000n;

// What iproute2 6.15 printed of the routes of a router.
const GROUP = `[{"dst":"198.19.0.100","nhid":100001,"flags":[],"nexthops":[{"gateway":"198.18.1.12","dev":"v0","weight":1,"flags":[]},{"gateway":"198.18.1.11","dev":"v0","weight":1,"flags":[]}]}]`;
const ONE = `[{"dst":"198.19.0.100","gateway":"198.18.1.12","dev":"v0","metric":32,"flags":[]}]`;
const CHANGES = String.raw`[2026-11-29T10:38:42.245908] 198.19.0.100 nhid 100001 proto bird \	nexthop via 198.18.1.11 dev v0 weight 1 \	nexthop via 198.18.1.12 dev v0 weight 1 
[2026-11-29T10:38:42.252531] 198.19.0.100 table 100 proto bird metric 32 \	nexthop via 198.18.1.11 dev v0 weight 1 \	nexthop via 198.18.1.12 dev v0 weight 1 
[2026-11-29T10:38:42.269841] Deleted 198.19.0.100 proto bird metric 32 \	nexthop via 198.18.1.11 dev v0 weight 1 \	nexthop via 198.18.1.12 dev v0 weight 1 
[2026-11-29T10:38:42.270000] 198.18.5.0/24 dev v0 proto kernel scope link src 198.18.5.1 
[2026-11-29T10:38:42.284394] 198.19.0.100 nhid 100001 via 198.18.1.12 dev v0 proto bird 
`;

describe("the kernel's routes", () => {
  test('with one next hop and with several', () => {
    expect(parseRoutes(GROUP)).toEqual([{ destination: SERVICE, next_hops: [A, B] }]);
    expect(parseRoutes(ONE)).toEqual([{ destination: SERVICE, next_hops: [B] }]);
    expect(parseRoutes('')).toEqual([]);
    expect(() => parseRoutes('{}')).toThrow(InputError);
  });

  test('changes of the main table that BIRD made, at their time', () => {
    expect(parseRouteChanges(CHANGES, EPOCH_NS)).toEqual([
      { at_ns: 2_245_908_000, destination: SERVICE, next_hops: [A, B] },
      { at_ns: 2_269_841_000, destination: SERVICE, next_hops: [] },
      { at_ns: 2_284_394_000, destination: SERVICE, next_hops: [B] },
    ]);
  });

  test('buckets of a group, by next hop', () => {
    const text = `id 267 via 198.18.1.11 dev v0 scope link
id 268 via 198.18.1.12 dev v0 scope link
id 100001 group 267/268 type resilient buckets 4 idle_timer 1 unbalanced_timer 0 unbalanced_time 0

id 100001 index 0 idle_time 0.04 nhid 268
id 100001 index 1 idle_time 0.04 nhid 267
id 100001 index 2 idle_time 0.04 nhid 268
`;
    expect(parseBuckets(text)).toEqual([{ [A]: 1, [B]: 2 }]);
    expect(parseBuckets('')).toEqual([]);
  });
});

const announcer = (node: string, address: string) => ({
  node,
  address,
  interface: 'fabric',
  silence: 'not asked here',
  check: 'not asked here',
});
const HEAL_NS = 200;
const ANNOUNCERS = [announcer('lb1', A), announcer('lb2', B), announcer('lb3', C)];
const change = (at_ns: number, ...next_hops: string[]): RouteChange => ({
  at_ns,
  destination: SERVICE,
  next_hops,
});
const routes = (...next_hops: string[]) => [{ destination: SERVICE, next_hops }];
/** Of what healing, at 200, finds: what was told last before it. */
const router = (
  changes: RouteChange[] | null,
  during = changes?.findLast(({ at_ns }) => at_ns <= HEAL_NS)?.next_hops ?? [A, B, C],
): EcmpFacts['routers'][number] => ({
  node: 'router',
  announcers: ANNOUNCERS,
  before: routes(A, B, C),
  during: routes(...during),
  changes,
});

describe('when a router has left a node', () => {
  const left = (changes: RouteChange[] | null, gone: string[] = [A], during?: string[]) =>
    withdrawnAt([router(changes, during)], new Set(gone), {
      fault_ns: 100,
      until_ns: HEAL_NS,
      heal_ns: HEAL_NS,
    });

  test('is the moment of the route without it', () => {
    expect(left([change(150, B, C), change(250, A, B, C)])).toBe(150);
  });

  test('is that of the deletion, where the route is deleted and written anew', () => {
    expect(left([change(150), change(151, B, C)])).toBe(150);
  });

  test('is the last such moment, where the route came back meanwhile', () => {
    expect(left([change(120, B, C), change(130, A, B, C), change(170, B, C)])).toBe(170);
  });

  test('is that of the last of several nodes', () => {
    expect(left([change(150, B, C), change(160, C)], [A, B])).toBe(160);
  });

  test('is not known where it keeps the route, or the kernel was not heard', () => {
    expect(left([])).toBe("'router' kept its route to 198.19.0.100 until healing");
    expect(left(null)).toMatch(/was not heard/);
    // It has another route when healing begins than it told.
    expect(left([], [A], [B, C])).toMatch(/was not heard/);
    expect(left([change(150, B, C)], [A], [A, B, C])).toMatch(/was not heard/);
  });

  test('does not come of a node that had left before', () => {
    expect(left([change(50, B, C)])).toBe('no router had a route to what the fault took');
  });
});

test('next hops count as the kernel has them when healing begins', () => {
  expect(fewestNextHops([router([change(150, B, C), change(250, A, B, C)])])).toBe(2);
  expect(fewestNextHops([router([])])).toBe(3);
  expect(fewestNextHops([router([], [])])).toBe(0);
  expect(fewestNextHops([{ ...router([]), during: [] }])).toBe(0);
  expect(fewestNextHops([{ ...router([]), during: null }])).toBeUndefined();
});

test('rows name nodes, and a route that is told again is none', () => {
  const changes = [change(140e6, A, B, C), change(150e6, B, C), change(151e6, B, C), change(250e6, A, B, C)];
  expect(nextHopRows([router(changes, [B, C])], { fault_ns: 100e6, heal_ns: 200e6 })).toMatchObject([
    { at_ms: null, healing: false, next_hops: ['lb1', 'lb2', 'lb3'], without: [] },
    { at_ms: 50, healing: false, next_hops: ['lb2', 'lb3'], without: ['lb1'] },
    { at_ms: 150, healing: true, next_hops: ['lb1', 'lb2', 'lb3'], without: [] },
  ]);
});

describe('a router spreads flows over all that announce', () => {
  const all = { node: 'router', announcers: ANNOUNCERS };

  test('when it has a route to each, and each has its share of the buckets', () => {
    expect(notSpread(all, routes(A, B, C), [])).toBeUndefined();
    expect(notSpread(all, routes(A, B, C), [{ [A]: 30, [B]: 49, [C]: 49 }])).toBeUndefined();
  });

  test('and not otherwise', () => {
    expect(notSpread(all, routes(B, C), [])).toBe("'router' has no route to lb1");
    expect(notSpread(all, routes(A, B, C), [{ [B]: 64, [C]: 64 }])).toMatch(/lb1 has 0 of 128 buckets/);
  });
});
