import type { WrittenPlace } from '../config/written-addresses.ts';

/** A router of the pair, and where its instances are. */
export interface Member {
  node: string;
  places: readonly WrittenPlace[];
}

/** A network that the routers share: each by an interface of its own name. */
export interface Segment {
  name: string;
  /** Node to interface. */
  interfaces: Map<string, string>;
}

/**
 * The networks of a pair: where two routers have the same VRID, or the same virtual address, their interfaces are on the
 * same one. Its name is that of the interface of the first router.
 */
export function segmentsOf(members: readonly Member[]): Segment[] {
  const segments: Segment[] = [];
  const byKey = new Map<string, Segment>();
  for (const { node, places } of members) {
    for (const { interface: own, virtual_router_id, vips } of places) {
      for (const [key, name] of [
        [`vrid ${virtual_router_id}`, own] as const,
        ...vips.map((vip) => [`address ${vip.address}`, vip.interface] as const),
      ]) {
        const known = byKey.get(key) ?? segments.find(({ interfaces }) => interfaces.get(node) === name);
        const segment = known ?? { name, interfaces: new Map<string, string>() };
        if (!known) segments.push(segment);
        if (!segment.interfaces.has(node)) segment.interfaces.set(node, name);
        byKey.set(key, segment);
      }
    }
  }
  return segments;
}
