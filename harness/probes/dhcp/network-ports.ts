import { InputError } from '../../ground/errors.ts';
import { didYouMean } from '../../ground/near-name.ts';
import type { Lab } from '../../lab/lab.ts';
import { NeutronServer } from '../../systems/dhcp/live/neutron-server.ts';

/** A client identity that the DHCP servers of a network know. */
export interface NetworkPort {
  mac: string;
  address: string;
}

/**
 * The Neutron server of a lab that has such a network.
 * @throws InputError listing the networks that there are.
 */
export function neutronOf(lab: Lab, network: string): NeutronServer {
  const neutron = NeutronServer.of(lab);
  const names = neutron?.networks.networks.map(({ name }) => name) ?? [];
  if (neutron && names.includes(network)) return neutron;
  throw new InputError(
    names.length > 0
      ? `there is no network '${network}'${didYouMean(network, names)}; the lab has ${names.join(', ')}`
      : `there is no network '${network}': no node of the lab has the label hadrill.dhcp`,
  );
}

/**
 * The ports of a network's port range: no real client has them, so probes may use them.
 * @param held leases that are held; the exchanges need two ports besides.
 * @throws InputError when the lab has no such network, or the network no range, or one that is too small.
 */
export function portsOf(lab: Lab, network: string, held: number): NetworkPort[] {
  const ports = neutronOf(lab, network)
    .ports(network)
    .filter(({ in_range }) => in_range);
  if (ports.length === 0)
    throw new InputError(`network '${network}' has no port_range, whose ports a probe could use`);
  if (ports.length < held + 2)
    throw new InputError(
      `the port_range of network '${network}' has ${ports.length} ports: ` +
        `${held} held leases and the exchanges need at least ${held + 2}`,
    );
  return ports.map(({ mac, address }) => ({ mac, address }));
}
