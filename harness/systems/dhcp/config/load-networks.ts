import { InputError, type InputProblem } from '../../../ground/errors.ts';
import { readYamlFile } from '../../../topology/read-yaml-file.ts';
import type { Environment } from '../../../topology/substitute-variables.ts';
import type { Topology } from '../../../topology/topology.ts';
import { topologyPlaces } from '../../../topology/topology-places.ts';
import { validateYaml } from '../../../topology/validate-yaml.ts';
import type { YamlSource } from '../../../topology/yaml-source.ts';
import { Findings } from '../../neutron-scheduling/file-problems.ts';
import { agentsOf, checkPlaces, checkServed } from './check-agents.ts';
import { checkPorts } from './check-ports.ts';
import { checkSubnets } from './check-subnets.ts';
import { checkTimers } from './check-timers.ts';
import { portsOf } from './expand-ports.ts';
import type { DhcpAgent, NetworkSettings, Networks } from './networks.ts';
import { type NetworksFile, networksSchema } from './networks-schema.ts';
import { addressNumber, addressText, subnetOf, subnetText } from './subnet.ts';

/**
 * Reads the networks file that a topology names by `hadrill.networks`, and checks it together with the topology.
 * @param env the variables that the topology was loaded with; the networks file has the same.
 * @returns undefined when no node of the topology has the label `hadrill.dhcp`.
 * @throws InputError with everything that is wrong, each with file, line and column.
 */
export async function loadNetworks(topology: Topology, env: Environment): Promise<Networks | undefined> {
  const file = topology.nodes.find(({ dhcp_network }) => dhcp_network !== undefined)?.networks_file;
  if (file === undefined) return undefined;
  const source = await readYamlFile(file, env);
  const { problems, accepted } = validateYaml(source, networksSchema, { stand_ins: { networks: {} } });
  const all: InputProblem[] = [...source.problems, ...problems];
  const agents = agentsOf(topology);
  if (accepted) {
    const findings = new Findings(source, accepted);
    const names = namesIn(source);
    checkTimers(accepted.value, findings);
    checkSubnets(accepted.value, findings);
    checkPorts(accepted.value, agents, findings);
    if (names) checkServed(topology, accepted.value, names, findings);
    all.push(...findings.problems);
    all.sort(inFileOrder);
    if (names) {
      const places = await topologyPlaces(topology, env);
      const wrong = checkPlaces(topology, accepted.value, names, findings, places);
      all.push(...wrong.toSorted(inFileOrder));
    }
  }
  if (all.length > 0) throw new InputError(all);
  if (!accepted) throw new InputError([{ message: 'is not a networks file', position: { file } }]);
  return networksOf(file, accepted.value, agents);
}

/** Names of all networks in the file, also of those with errors of their own; undefined when it has no list. */
function namesIn(source: YamlSource): string[] | undefined {
  const { networks } = source.data ?? {};
  return typeof networks === 'object' && networks !== null ? Object.keys(networks) : undefined;
}

function inFileOrder({ position: a }: InputProblem, { position: b }: InputProblem): number {
  return (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0);
}

function networksOf(file: string, said: NetworksFile, agents: readonly DhcpAgent[]): Networks {
  return {
    file,
    settings: settingsOf(said),
    networks: Object.entries(said.networks).map(([name, entry]) => ({
      name,
      subnet: subnetText(subnetOf(entry.subnet)),
      gateway: entry.gateway && addressText(addressNumber(entry.gateway)),
      ports: portsOf(entry),
    })),
    agents,
  };
}

function settingsOf(said: NetworksFile): NetworkSettings {
  return {
    dhcp_agents_per_network: said.dhcp_agents_per_network,
    allow_automatic_dhcp_failover: said.allow_automatic_dhcp_failover,
    agent_down_ms: said.agent_down_time,
    report_interval_ms: said.report_interval,
    lease_s: said.lease_time / 1000,
    t1_s: said.t1 === undefined ? undefined : said.t1 / 1000,
    t2_s: said.t2 === undefined ? undefined : said.t2 / 1000,
    initial_leases: said.initial_leases,
    authoritative: said.authoritative,
    leasefile_ro: said.leasefile_ro,
    log: said.log,
  };
}
