import { EnvironmentError, InputError } from '../../../ground/errors.ts';
import { nodeNamed } from '../../../topology/targets.ts';
import type { Role } from '../../live-system.ts';
import { dhcpClientEvents } from './dhcp-client-events.ts';

/** The node whose server granted the lease that a client holds, by the client's own word. */
export const server: Role = {
  of: 'CLIENT',
  may_be_any: true,
  candidates: (client, topology) => {
    const found = nodeNamed(client, topology);
    return 'message' in found ? found : topology.nodes;
  },
  resolve: async (lab, client) => {
    const events = await dhcpClientEvents(lab, lab.node(client)).catch((error: unknown) => {
      if (error instanceof EnvironmentError) return [];
      throw error;
    });
    const address = events.findLast((event) => event.server !== null)?.server;
    const nothing = `server(${client}) resolves to nothing:`;
    if (!address) throw new InputError(`${nothing} no DHCP client of '${client}' has reported a lease`);
    const node = lab.nodes.find(({ ports }) => ports.some(({ ipv4 }) => ipv4?.split('/')[0] === address));
    if (!node) throw new InputError(`${nothing} its lease is from ${address}, which no node of the lab has`);
    return node;
  },
};
