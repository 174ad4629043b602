import type { Member } from './member.ts';
import type { TopologyNode } from './topology.ts';

/** The variables of a node's templates: its env, and its own addresses as IPV4_<IFACE>. */
export function templateVariables(node: TopologyNode, { addresses }: Member): Record<string, string> {
  const own = addresses.map(({ interface: name, address }) => [
    `IPV4_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`,
    address.split('/', 1)[0]!,
  ]);
  // Of several addresses of an interface the first counts.
  return {
    HOSTNAME: node.name,
    ...node.env,
    IPV4_LO: '127.0.0.1',
    ...Object.fromEntries(own.toReversed()),
  };
}
