import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createRouter,
  placeRouters,
  refusalOf,
  replicaCount,
} from '../../../../harness/systems/l3-ha/config/place-routers.ts';
import {
  type Bindings,
  type Place,
  reschedule,
} from '../../../../harness/systems/neutron-scheduling/schedule.ts';

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${at + 1}`);
}

function everywhere(routers: readonly string[], hosts: readonly string[]): Place[] {
  return routers.flatMap((serves) => hosts.map((host) => ({ node: `${serves}-${host}`, host, serves })));
}

function settings(max: number, min = 2, l3_ha = true) {
  return { l3_ha, max_l3_agents_per_router: max, min_l3_agents_per_router: min };
}

function spread(values: readonly string[], hosts: readonly string[]): number {
  const load = hosts.map((host) => values.filter((one) => one === host).length);
  return Math.max(...load) - Math.min(...load);
}

const cases = fc.record({
  routers: fc.integer({ min: 1, max: 20 }).map((count) => names('r', count)),
  hosts: fc.integer({ min: 2, max: 6 }).map((count) => names('node', count)),
  max: fc.constantFrom(0, 2, 3, 4),
});

describe('placement', () => {
  test("two routers on two hosts, as in the document's figure 3: the active ones alternate", () => {
    const places = everywhere(['r1', 'r2'], ['node1', 'node2']);
    expect([...placeRouters(['r1', 'r2'], places, settings(2))]).toEqual([
      ['r1', ['node1', 'node2']],
      ['r2', ['node2', 'node1']],
    ]);
  });

  test('four routers on three hosts', () => {
    const routers = names('r', 4);
    expect([...placeRouters(routers, everywhere(routers, names('node', 3)), settings(2))]).toEqual([
      ['r1', ['node1', 'node2']],
      ['r2', ['node3', 'node1']],
      ['r3', ['node2', 'node3']],
      ['r4', ['node1', 'node2']],
    ]);
  });

  test('min(max, alive) replicas on as many hosts, evenly; so the active ones', () => {
    fc.assert(
      fc.property(cases, ({ routers, hosts, max }) => {
        const placed = placeRouters(routers, everywhere(routers, hosts), settings(max));
        expect([...placed.keys()]).toEqual(routers);
        const count = max === 0 ? hosts.length : Math.min(max, hosts.length);
        for (const chosen of placed.values()) {
          expect(new Set(chosen).size).toBe(count);
          expect(chosen).toHaveLength(count);
        }
        expect(spread([...placed.values()].flat(), hosts)).toBeLessThanOrEqual(1);
        expect(
          spread(
            [...placed.values()].map(([active]) => active!),
            hosts,
          ),
        ).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('without l3_ha one replica each', () => {
    const placed = placeRouters(
      ['r1', 'r2'],
      everywhere(['r1', 'r2'], ['node1', 'node2']),
      settings(3, 2, false),
    );
    expect([...placed.values()]).toEqual([['node1'], ['node2']]);
  });
});

describe('admission', () => {
  test('fewer live hosts than min: not created, under the name that Neutron has for it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 2, max: 5 }), (alive, min) => {
        const hosts = names('node', alive);
        const placed = placeRouters(['r1'], everywhere(['r1'], hosts), settings(0, min));
        expect(placed.has('r1')).toBe(alive >= min);
        const refusal = refusalOf('r1', settings(0, min), alive);
        if (alive < min) expect(refusal).toMatch(/^HANotEnoughAvailableAgents: router 'r1' is not created/);
        else expect(refusal).toBeUndefined();
      }),
    );
  });

  test('the number of replicas', () => {
    expect(replicaCount(settings(3), 2)).toBe(2);
    expect(replicaCount(settings(3), 5)).toBe(3);
    expect(replicaCount(settings(0), 5)).toBe(5);
    expect(replicaCount(settings(3, 2, false), 5)).toBe(1);
  });
});

describe('a router that is created beside others', () => {
  const running = fc.record({
    count: fc.integer({ min: 0, max: 12 }),
    dead: fc.subarray(names('node', 5)),
    max: fc.constantFrom(0, 2, 3, 4),
    min: fc.constantFrom(2, 3),
    gone: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 6 }),
  });

  test('only live hosts, the least loaded of them; refused by name when fewer than min live', () => {
    fc.assert(
      fc.property(running, ({ count, dead, max, min, gone }) => {
        const hosts = names('node', 5);
        const places = everywhere([...names('r', count), 'new'], hosts);
        const bindings = new Map(placeRouters(names('r', count), places, settings(max, min)));
        for (const at of gone) bindings.delete(`r${at}`);
        const before = structuredClone(bindings);
        const live = places.filter(({ host }) => !dead.includes(host));
        const active = [...bindings.values()].map(([first]) => first!);
        const created = createRouter('new', { bindings, active }, live, settings(max, min));
        expect(bindings).toEqual(before);
        const alive = hosts.filter((host) => !dead.includes(host));
        if (alive.length < min) {
          const refusal = expect.stringMatching(/^HANotEnoughAvailableAgents: router 'new' is not created/);
          expect(created).toEqual({ refusal });
          return;
        }
        if ('refusal' in created) throw new Error(created.refusal);
        const { hosts: chosen } = created;
        expect(chosen).toHaveLength(max === 0 ? alive.length : Math.min(max, alive.length));
        expect(new Set(chosen).size).toBe(chosen.length);
        for (const host of chosen) expect(alive).toContain(host);
        const load = (list: readonly string[], host: string) => list.filter((one) => one === host).length;
        const served = [...bindings.values()].flat();
        const left = alive.filter((host) => !chosen.includes(host));
        const most = Math.max(...chosen.map((host) => load(served, host)));
        for (const host of left) expect(load(served, host)).toBeGreaterThanOrEqual(most);
        const fewest = Math.min(...chosen.map((host) => load(active, host)));
        expect(load(active, chosen[0]!)).toBe(fewest);
      }),
    );
  });

  test('its replicas go where those of a router that was deleted were', () => {
    const places = everywhere(['r1', 'r2', 'r3'], names('node', 4));
    const bindings = new Map(placeRouters(['r1', 'r2'], places, settings(2)));
    expect([...bindings.values()]).toEqual([
      ['node1', 'node2'],
      ['node3', 'node4'],
    ]);
    bindings.delete('r1');
    const created = createRouter('r3', { bindings, active: ['node3'] }, places, settings(2));
    expect(created).toEqual({ hosts: ['node1', 'node2'] });
  });
});

test('hosts die and return in any order: a replica is never on two hosts, and never moves to where its router is', () => {
  const history = fc.array(fc.subarray(names('node', 4)), { maxLength: 12 });
  fc.assert(
    fc.property(cases, history, ({ routers, max }, deaths) => {
      const hosts = names('node', 4);
      const places = everywhere(routers, hosts);
      let bindings: Bindings = placeRouters(routers, places, settings(max));
      const count = replicaCount(settings(max), hosts.length);
      for (const dead of deaths.map((names) => new Set(names))) {
        const { bindings: next, moves } = reschedule(bindings, dead, places);
        for (const { serves, from_host, to_host } of moves) {
          expect(dead.has(from_host)).toBe(true);
          if (to_host === null) continue;
          expect(dead.has(to_host)).toBe(false);
          expect(bindings.get(serves)).not.toContain(to_host);
          expect(next.get(serves)).not.toContain(from_host);
        }
        for (const chosen of next.values()) expect(new Set(chosen).size).toBe(count);
        bindings = next;
      }
    }),
  );
});
