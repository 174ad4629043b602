import { waitUntil } from '../../harness/ground/wait.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { up } from '../../harness/lab/up.ts';
import { loadNetworks } from '../../harness/systems/dhcp/config/load-networks.ts';
import { NeutronServer } from '../../harness/systems/dhcp/live/neutron-server.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { processes } from './faults.ts';
import { REPOSITORY } from './hadrill.ts';
import { engine } from './labs.ts';

/** A lab of the shipped topology, with the server that prepared it. */
export async function openNeutronLab(
  topologyName: string,
  name: string,
  variables: Record<string, string> = {},
) {
  const env = { ...variables };
  const topology = await loadTopology(`${REPOSITORY}/topologies/dhcp/${topologyName}.clab.yml`, { env });
  const networks = await loadNetworks(topology, env);
  if (!networks) throw new Error('the topology has no DHCP agents');
  let neutron: NeutronServer | undefined;
  const onLab = (lab: Lab) => {
    neutron = NeutronServer.create(lab, networks);
  };
  const lab = await up(engine, topology, { name, onLab });
  return { lab, neutron: neutron! };
}

export async function serves(lab: Lab, node: string): Promise<boolean> {
  return (await processes(lab, node)).includes('dnsmasq');
}

export async function waitServing(lab: Lab, ...nodes: string[]): Promise<void> {
  for (const node of nodes) {
    await waitUntil({
      what: `dnsmasq to run on '${node}'`,
      timeout_ms: 15_000,
      check: () => serves(lab, node),
      log: () => lab.log(node),
    });
  }
}
