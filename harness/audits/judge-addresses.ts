import type { NodeLook, NodeSeen } from '../lab/node-look-shapes.ts';
import type { Audited } from '../systems/audit.ts';

export const ONE_ADDRESS = 'one-address';

/** The segment that an interface of a node is at; undefined for one that no link of the topology made. */
export type SegmentOf = (node: string, name: string) => string | undefined;

/** Whether no two nodes have the same address on a segment, but for those that had it before the fault as well. */
export function judgeAddresses(
  { before, after, again = after }: { before: NodeLook; after: NodeLook; again?: NodeLook },
  segmentOf: SegmentOf,
): Audited {
  const known = sharedIn(before.nodes, segmentOf);
  const lasting = sharedIn(again.nodes, segmentOf);
  const found = [...sharedIn(after.nodes, segmentOf)]
    .filter(([place]) => !known.has(place) && lasting.has(place))
    .map(([place, nodes]) => {
      const [segment, address] = place.split(' ');
      return `${nodes.join(' and ')} have ${address} on ${segment}`;
    });
  const count = holdersIn(after.nodes, segmentOf).size;
  const shared = [...known].map(([place, nodes]) => `${place} at ${nodes.join(' and ')}`);
  const also = shared.length > 0 ? `; as before the fault, ${shared.join(', ')}` : '';
  const more = found.length > 0 ? `, ${found.length} more often than before the fault` : '';
  return {
    name: ONE_ADDRESS,
    verdict: 'pass',
    detail: `${count} addresses on segments${more}${also}`,
    notes: found,
  };
}

/** `SEGMENT ADDRESS` to the nodes that have it, where more than one do. */
function sharedIn(nodes: readonly NodeSeen[], segmentOf: SegmentOf): Map<string, string[]> {
  return new Map([...holdersIn(nodes, segmentOf)].filter(([, holders]) => holders.length > 1));
}

function holdersIn(nodes: readonly NodeSeen[], segmentOf: SegmentOf): Map<string, string[]> {
  const holders = new Map<string, string[]>();
  for (const { node, addresses } of nodes) {
    for (const { interface: name, address } of addresses) {
      const segment = segmentOf(node, name);
      if (segment === undefined) continue;
      const place = `${segment} ${address}`;
      const others = holders.get(place) ?? [];
      if (!others.includes(node)) holders.set(place, [...others, node]);
    }
  }
  return holders;
}
