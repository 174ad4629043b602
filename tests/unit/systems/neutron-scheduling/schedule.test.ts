import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Bindings,
  type Place,
  reschedule,
  schedule,
} from '../../../../harness/systems/neutron-scheduling/schedule.ts';

function agent(network: string, host: string): Place {
  return { node: `${network}-${host}`, host, serves: network };
}

function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
}

/** Every host has a place for every network. */
function everywhere(networks: readonly string[], hosts: readonly string[]): Place[] {
  return hosts.flatMap((host) => networks.map((network) => agent(network, host)));
}

function loads(bindings: Bindings, hosts: readonly string[]): number[] {
  const served = [...bindings.values()].flat();
  return hosts.map((host) => served.filter((one) => one === host).length);
}

describe('schedule', () => {
  test('three networks on two hosts: both serve all of them, or two and one', () => {
    const networks = names('net', 3);
    const agents = everywhere(networks, ['node1', 'node2']);
    expect([...schedule(networks, agents, 2).values()]).toEqual([
      ['node1', 'node2'],
      ['node1', 'node2'],
      ['node1', 'node2'],
    ]);
    expect([...schedule(networks, agents, 1)]).toEqual([
      ['net1', ['node1']],
      ['net2', ['node2']],
      ['net3', ['node1']],
    ]);
  });

  test('every network on exactly X hosts, no host serves more than one network more than another', () => {
    const input = fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 8 }))
      .chain(([networks, hosts]) =>
        fc.tuple(fc.constant(networks), fc.constant(hosts), fc.integer({ min: 1, max: hosts })),
      );
    fc.assert(
      fc.property(input, ([networkCount, hostCount, wanted]) => {
        const [networks, hosts] = [names('net', networkCount), names('node', hostCount)];
        const agents = everywhere(networks, hosts);
        const bindings = schedule(networks, agents, wanted);
        expect([...bindings.keys()]).toEqual(networks);
        for (const chosen of bindings.values()) {
          expect(chosen).toHaveLength(wanted);
          expect(new Set(chosen).size).toBe(wanted);
        }
        const load = loads(bindings, hosts);
        expect(Math.max(...load) - Math.min(...load)).toBeLessThanOrEqual(1);
        expect(schedule(networks, agents, wanted)).toEqual(bindings);
      }),
    );
  });
});

/** Some hosts have a place for a network, each network at least one. */
const anyPlaces = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 5 }))
  .chain(([networkCount, hostCount]) => {
    const hosts = names('node', hostCount);
    const places = fc.array(fc.subarray(hosts, { minLength: 1 }), {
      minLength: networkCount,
      maxLength: networkCount,
    });
    return fc.record({
      places,
      wanted: fc.integer({ min: 1, max: hostCount }),
      dead: fc.subarray(hosts),
    });
  })
  .map(({ places, wanted, dead }) => {
    const networks = names('net', places.length);
    const agents = networks.flatMap((network, index) => places[index]!.map((host) => agent(network, host)));
    return { networks, agents, wanted, dead: new Set(dead) };
  });

describe('places that not every host has', () => {
  test('a network is served only where it has a place', () => {
    fc.assert(
      fc.property(anyPlaces, ({ networks, agents, wanted }) => {
        for (const [network, hosts] of schedule(networks, agents, wanted)) {
          const places = agents.filter((one) => one.serves === network).map(({ host }) => host);
          expect(hosts).toHaveLength(Math.min(wanted, places.length));
          expect(new Set(hosts).size).toBe(hosts.length);
          for (const host of hosts) expect(places).toContain(host);
        }
      }),
    );
  });

  test('rescheduling leaves a network on a dead host only when there is no other, and moves nothing else', () => {
    fc.assert(
      fc.property(anyPlaces, ({ networks, agents, wanted, dead }) => {
        const before = schedule(networks, agents, wanted);
        const { bindings, moves } = reschedule(before, dead, agents);
        for (const [network, hosts] of bindings) {
          const old = before.get(network)!;
          expect(new Set(hosts).size).toBe(hosts.length);
          expect(hosts).toHaveLength(old.length);
          const free = agents.filter(
            (one) => one.serves === network && !dead.has(one.host) && !hosts.includes(one.host),
          );
          const stuck = hosts.filter((host) => dead.has(host));
          if (stuck.length > 0) expect(free).toEqual([]);
          const own = moves.filter((move) => move.serves === network);
          expect(own.map(({ from_host }) => from_host)).toEqual(old.filter((host) => dead.has(host)));
          expect(own.filter(({ to_host }) => to_host === null)).toHaveLength(stuck.length);
          for (const host of old.filter((one) => !dead.has(one))) expect(hosts).toContain(host);
        }
        if (dead.size === 0) expect({ bindings, moves }).toEqual({ bindings: before, moves: [] });
      }),
    );
  });
});

test('a dead host’s networks go to those that serve least', () => {
  const networks = names('net', 3);
  const hosts = names('node', 3);
  const before = schedule(networks, everywhere(networks, hosts), 2);
  const { bindings, moves } = reschedule(before, new Set(['node1']), everywhere(networks, hosts));
  expect(moves).toHaveLength(2);
  expect(loads(bindings, hosts)).toEqual([0, 3, 3]);
});
