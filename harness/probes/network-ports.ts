import { InputError } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import type { Lab } from '../lab/lab.ts';
import { loadNetworks } from '../neutron/load-networks.ts';

/** A client identity that the DHCP servers of a network know. */
export interface NetworkPort {
  mac: string;
  address: string;
}

/**
 * The ports of a network's port range: no real client has them, so probes may use them.
 * @throws InputError when the lab has no such network, or the network no range.
 */
export async function portsOf(lab: Lab, network: string): Promise<NetworkPort[]> {
  const known = await loadNetworks(lab.topology, process.env);
  const found = known?.networks.find(({ name }) => name === network);
  if (!found) {
    const names = known?.networks.map(({ name }) => name) ?? [];
    throw new InputError(
      names.length > 0
        ? `there is no network '${network}'${didYouMean(network, names)}; the lab has ${names.join(', ')}`
        : `there is no network '${network}': no node of the lab has the label hadrill.dhcp`,
    );
  }
  const ports = found.ports.filter(({ in_range }) => in_range);
  if (ports.length === 0)
    throw new InputError(`network '${network}' has no port_range, whose ports a probe could use`);
  return ports.map(({ mac, address }) => ({ mac, address }));
}
