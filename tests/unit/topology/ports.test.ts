import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fabricPorts } from '../../../harness/topology/ports.ts';
import type { Topology, Wire } from '../../../harness/topology/topology.ts';
import { lab, loadText } from './problems-of.ts';

describe('fabricPorts', () => {
  test('takes the names of bridge ports from the file and makes a bridge for every other wire', async () => {
    const topology = await loadText(
      lab(
        '    fabric:\n    "in|fabric": {kind: bridge, network-mode: "container:fabric"}\n    r1:\n    a-long-node-name:',
        `    - {endpoints: ["r1:in0", "in|fabric:r1-in"], ipv4: [198.18.1.2/24], mtu: 1400}
    - {type: veth, endpoints: [{node: r1, interface: ha0, mac: "02:00:00:00:00:01"}, {node: a-long-node-name, interface: ha0}]}`,
      ),
    );
    const { bridges, ports } = fabricPorts(topology);
    expect(bridges).toEqual([
      { name: 'in', mtu: 1400 },
      { name: 'w1', mtu: undefined },
    ]);
    const nothing = { mac: undefined, ipv4: undefined, ipv6: undefined, mtu: undefined };
    expect(ports).toEqual([
      {
        ...nothing,
        node: 'r1',
        interface: 'in0',
        port: 'r1-in',
        bridge: 'in',
        ipv4: '198.18.1.2/24',
        mtu: 1400,
      },
      { ...nothing, node: 'r1', interface: 'ha0', port: 'r1-ha0', bridge: 'w1', mac: '02:00:00:00:00:01' },
      {
        ...nothing,
        node: 'a-long-node-name',
        interface: 'ha0',
        port: expect.stringMatching(/^a-long-n-[0-9a-f]{6}$/),
        bridge: 'w1',
      },
    ]);
  });

  test('goes round names that are taken', async () => {
    const topology = await loadText(
      lab(
        '    w1: {kind: bridge}\n    r1:\n    r2:',
        '    - endpoints: ["r1:a", "w1:r1-b"]\n    - endpoints: ["r1:b", "r2:b"]',
      ),
    );
    const { bridges, ports } = fabricPorts(topology);
    expect(bridges[1]!.name).toMatch(/^w1-[0-9a-f]{6}$/);
    expect(ports.map(({ port }) => port)).toEqual([
      'r1-b',
      expect.stringMatching(/^r1-b-[0-9a-f]{6}$/),
      'r2-b',
    ]);
  });

  test('names are short, unique and always the same', () => {
    const name = fc.stringMatching(/^[a-c][a-c-]{0,17}$/);
    const wires = fc.uniqueArray(fc.tuple(name, fc.stringMatching(/^[a-c-]{1,15}$/)), {
      selector: (end) => end.join(':'),
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(wires, (ends) => {
        const topology = wired(ends);
        const { bridges, ports, bmcs } = fabricPorts(topology);
        const names = [...bridges, ...ports.map(({ port }) => ({ name: port }))].map((entry) => entry.name);
        expect(new Set(names).size).toBe(names.length);
        expect(names.every((each) => each.length <= 15)).toBe(true);
        expect(fabricPorts(structuredClone(topology))).toEqual({ bridges, ports, bmcs });
      }),
    );
  });
});

function wired(ends: [string, string][]): Topology {
  const end = ([node, name]: [string, string]) =>
    ({ kind: 'node', node, interface: name, mac: undefined, ipv4: undefined, ipv6: undefined }) as const;
  const wires: Wire[] = [];
  for (let i = 0; i + 1 < ends.length; i += 2)
    wires.push({ a: end(ends[i]!), b: end(ends[i + 1]!), mtu: undefined });
  return {
    name: 't',
    prefix: undefined,
    file: '/t',
    nodes: [],
    bridges: [{ id: 'a-a', name: 'a-a', mtu: undefined }],
    wires,
  };
}
