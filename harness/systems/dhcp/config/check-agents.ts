import type { InputProblem } from '../../../ground/errors.ts';
import { didYouMean } from '../../../ground/near-name.ts';
import type { Topology } from '../../../topology/topology.ts';
import type { TopologyPlaces } from '../../../topology/topology-places.ts';
import type { Findings } from '../../neutron-scheduling/file-problems.ts';
import type { DhcpAgent } from './networks.ts';
import type { NetworksFile } from './networks-schema.ts';
import { addressNumber, addressText, hostAddressProblem, subnetOf, subnetText } from './subnet.ts';

/** The places of a topology: nodes with `hadrill.dhcp`, by the address of their wire in that network. */
export function agentsOf(topology: Topology): DhcpAgent[] {
  const ends = topology.wires.flatMap(({ a, b }) => (b.kind === 'node' ? [a, b] : [a]));
  return topology.nodes.flatMap(({ name: node, host, dhcp_network: network }) => {
    const end = ends.find((one) => one.node === node && one.interface === network);
    if (network === undefined || end?.ipv4 === undefined) return [];
    return [{ node, host, network, interface: end.interface, address: end.ipv4.split('/', 1)[0]! }];
  });
}

/** What is wrong in the topology, seen from the networks file. */
export function checkPlaces(
  topology: Topology,
  file: NetworksFile,
  names: readonly string[],
  findings: Findings,
  places: TopologyPlaces,
): InputProblem[] {
  const problems: InputProblem[] = [];
  const ends = topology.wires.flatMap(({ a, b }) => (b.kind === 'node' ? [a, b] : [a]));
  for (const { name: node, dhcp_network: network } of topology.nodes) {
    if (network === undefined) continue;
    if (!names.includes(network)) {
      const message = `the networks file has no network '${network}'${didYouMean(network, names)}; it has ${names.join(', ') || 'none'}`;
      problems.push({ message, position: places.label(node, 'hadrill.dhcp') });
    }
    const written = ends.find((one) => one.node === node && one.interface === network)?.ipv4;
    const entry = Object.hasOwn(file.networks, network) ? file.networks[network] : undefined;
    if (findings.isWrong(['networks', network, 'subnet'])) continue;
    const problem = written !== undefined && entry && addressProblem(written, entry);
    if (!problem) continue;
    const message = `address ${written} of the agent's place '${node}' ${problem} (network '${network}')`;
    problems.push({ message, position: places.address(node, network) });
  }
  return problems;
}

function addressProblem(
  written: string,
  { subnet: cidr, gateway }: { subnet: string; gateway?: string | undefined },
): string | undefined {
  const subnet = subnetOf(cidr);
  const address = addressNumber(written);
  const problem = hostAddressProblem(address, subnet);
  if (problem) return problem;
  if (subnetOf(written).prefix_length !== subnet.prefix_length) {
    return `has another prefix length than ${subnetText(subnet)}`;
  }
  return gateway && addressNumber(gateway) === address
    ? `is the gateway, ${addressText(address)}`
    : undefined;
}

/** Reports networks that no node serves, and more agents wanted for a network than there are places. */
export function checkServed(
  topology: Topology,
  file: NetworksFile,
  names: readonly string[],
  findings: Findings,
): void {
  for (const name of names) {
    const serving = topology.nodes.filter(({ dhcp_network }) => dhcp_network === name);
    const hosts = [...new Set(serving.map(({ host }) => host))];
    const wanted = file.dhcp_agents_per_network;
    if (hosts.length === 0) {
      const message = `no node serves network '${name}': none has the label 'hadrill.dhcp: ${name}'`;
      findings.report(['networks', name], message, 'key');
    } else if (wanted > hosts.length) {
      const count = hosts.length === 1 ? 'one host has' : `${hosts.length} hosts have`;
      const message = `'dhcp_agents_per_network' is ${wanted}, but only ${count} a place for network '${name}': ${hosts.join(', ')}`;
      findings.report(['dhcp_agents_per_network'], message);
    }
  }
}
