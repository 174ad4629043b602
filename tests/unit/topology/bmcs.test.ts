import { describe, expect, test } from 'vitest';
import { fabricPorts } from '../../../harness/topology/ports.ts';
import { expectOnlyProblem, lab, loadText } from './problems-of.ts';

const NODES = (labels: string, other = '{}') => `    fabric:
    "mgmt|fabric": {kind: bridge, network-mode: "container:fabric"}
    r1: {labels: ${labels}}
    r2: {labels: ${other}}`;
const LINK = `    - {type: veth, endpoints: [{node: r1, interface: m, ipv4: 198.19.0.1/24}, {node: "mgmt|fabric", interface: r1-m}]}`;

test('a host has its BMC at a port of its own on that bridge', async () => {
  const topology = await loadText(lab(NODES('{hadrill.host: h1, hadrill.bmc: mgmt 198.19.0.101/24}'), LINK));
  expect(topology.nodes[0]!.bmc).toEqual({ bridge: 'mgmt', address: '198.19.0.101/24' });
  expect(fabricPorts(topology).bmcs).toEqual([
    { host: 'h1', port: 'bmc-h1', bridge: 'mgmt', address: '198.19.0.101/24' },
  ]);
});

test('a BMC may take the power late', async () => {
  const late = (time: string) => lab(NODES(`{hadrill.bmc: mgmt 198.19.0.101/24 off-after=${time}}`), LINK);
  const bmcOf = async (time: string) => (await loadText(late(time))).nodes[0]!.bmc;
  expect(await bmcOf('1.5s')).toEqual({ bridge: 'mgmt', address: '198.19.0.101/24', off_after_ms: 1500 });
  expect(await bmcOf('0s')).toEqual({ bridge: 'mgmt', address: '198.19.0.101/24' });
});

const problems: [string, string, string | RegExp][] = [
  [
    'no bridge',
    NODES('{hadrill.bmc: ▶mgnt 198.19.0.101/24}'),
    "there is no bridge 'mgnt' for the BMC; there are mgmt",
  ],
  ['no address', NODES('{hadrill.bmc: ▶mgmt}'), /^'mgmt' is not a BMC: write BRIDGE ADDRESS\/LENGTH/],
  [
    'a word of which nothing is known',
    NODES('{hadrill.bmc: ▶mgmt 198.19.0.101/24 off-later=4s}'),
    /^'mgmt 198\.19\.0\.101\/24 off-later=4s' is not a BMC: .* off-after=TIME/,
  ],
  [
    'no time',
    NODES('{hadrill.bmc: ▶mgmt 198.19.0.101/24 off-after=soon}'),
    /^off-after: 'soon' is not a duration/,
  ],
  [
    'too late',
    NODES('{hadrill.bmc: ▶mgmt 198.19.0.101/24 off-after=31s}'),
    'off-after=31s is too long: a BMC takes the power within 30 s',
  ],
  ['no length', NODES('{hadrill.bmc: ▶mgmt 198.19.0.101}'), /has no prefix length/],
  [
    'the address of a node',
    NODES('{hadrill.bmc: ▶mgmt 198.19.0.1/24}'),
    '198.19.0.1 is the address of r1:m already',
  ],
  [
    'two for one host',
    NODES(
      '{hadrill.host: h, hadrill.bmc: mgmt 198.19.0.101/24}',
      '{hadrill.host: h, hadrill.bmc: ▶mgmt 198.19.0.102/24}',
    ),
    "host 'h' has two BMCs: at 'r1' and at 'r2'; a machine has one",
  ],
  [
    'one address for two',
    NODES('{hadrill.bmc: mgmt 198.19.0.101/24}', '{hadrill.bmc: ▶mgmt 198.19.0.101/24}'),
    "198.19.0.101 is the address of the BMC of host 'r1' already",
  ],
];

describe('what is wrong with a BMC is said at its label', () => {
  test.each(problems)('%s', async (_, nodes, message) => {
    await expectOnlyProblem(lab(nodes, LINK), message);
  });
});
