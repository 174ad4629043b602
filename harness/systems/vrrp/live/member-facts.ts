import type { RouterFacts } from '../../../journal/trial-facts.ts';
import type { Lab } from '../../../lab/lab.ts';
import { readKeepalived } from './read-keepalived.ts';
import type { VirtualRouter } from './virtual-routers.ts';

/** How a virtual router's members were configured when this was asked. */
export async function memberFacts(lab: Lab, router: VirtualRouter): Promise<RouterFacts['members']> {
  return Promise.all(
    router.members.map(async (node) => ({
      node: node.name,
      macs: node.ports.flatMap((port) => (port.mac ? [port.mac] : [])),
      wires: node.ports.map((port) => ({ interface: port.interface, segment: port.bridge })),
      ...(await readKeepalived(lab, node)),
    })),
  );
}
