import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { InputError } from '../../../../../harness/ground/errors.ts';
import { loadNetworks } from '../../../../../harness/systems/dhcp/config/load-networks.ts';
import type { Networks } from '../../../../../harness/systems/dhcp/config/networks.ts';
import { loadTopology } from '../../../../../harness/topology/load-topology.ts';

export type Env = Record<string, string | undefined>;

/** Two hosts, each with a place for net1 (198.18.16.0/21) and net2 (198.18.24.0/21). */
export const TWO_HOSTS = `name: t
topology:
  defaults: {kind: linux, image: i}
  groups:
    agents: {labels: {hadrill.networks: networks.yml}}
  nodes:
    fabric:
    "net1|fabric": {kind: bridge, network-mode: "container:fabric"}
    "net2|fabric": {kind: bridge, network-mode: "container:fabric"}
    a1: {group: agents, labels: {hadrill.host: node1, hadrill.dhcp: net1}}
    b1: {group: agents, labels: {hadrill.host: node1, hadrill.dhcp: net2}}
    a2: {group: agents, labels: {hadrill.host: node2, hadrill.dhcp: net1}}
    b2: {group: agents, labels: {hadrill.host: node2, hadrill.dhcp: net2}}
  links:
    - {endpoints: ["a1:net1", "net1|fabric:a1"], ipv4: [198.18.16.2/21]}
    - {endpoints: ["b1:net2", "net2|fabric:b1"], ipv4: [198.18.24.2/21]}
    - type: veth
      endpoints: [{node: a2, interface: net1, ipv4: 198.18.16.3/21}, {node: "net1|fabric", interface: a2}]
    - {endpoints: ["net2|fabric:b2", "b2:net2"], ipv4: ["", 198.18.24.3/21]}
`;

/** What net2 needs to be there, for tests about net1. */
export const NET2 = '  net2: {subnet: 198.18.24.0/21}\n';

/** A networks file with one more line at its top and net1 as given. */
export function file(net1: string, top = ''): string {
  return `${top}networks:\n  net1: ${net1}\n${NET2}`;
}

/** Loads a networks file together with a topology, both given as text. */
export async function loadTexts(
  networks: string,
  topology = TWO_HOSTS,
  env: Env = {},
): Promise<Networks | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'hadrill-networks-'));
  try {
    await writeFile(join(directory, 'networks.yml'), networks);
    await writeFile(join(directory, 'other.yml'), networks);
    const clab = join(directory, 't.clab.yml');
    await writeFile(clab, topology);
    return await loadNetworks(await loadTopology(clab, { env }), env);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Everything that is wrong, as `FILE:LINE:COLUMN message`; anything but an InputError fails the test. */
export async function problemsOf(networks: string, topology = TWO_HOSTS, env: Env = {}): Promise<string[]> {
  try {
    await loadTexts(networks, topology, env);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map(({ message, position }) => {
      const name = basename(position?.file ?? '?');
      return `${name}:${position?.line}:${position?.column} ${message.replaceAll(/'\/[^']*\//g, "'")}`;
    });
  }
}

/** A text with one `▶` where its problem is expected: the text without it, and `LINE:COLUMN`. */
export function marked(text: string): { yaml: string; at: string } {
  const before = text.slice(0, text.indexOf('▶')).split('\n');
  return { yaml: text.replace('▶', ''), at: `${before.length}:${before.at(-1)!.length + 1}` };
}
