import type { Layout, LayoutEnd } from '../journal/layout.ts';
import type { Topology, Wire } from '../topology/topology.ts';

/** What a run notes of its topology, for reports: the file may be another one when they are made. */
export function layoutOf({ nodes, bridges, wires }: Topology): Layout {
  const names = new Map(bridges.map(({ id, name }) => [id, name]));
  const endOf = (end: Wire['b']): LayoutEnd =>
    end.kind === 'node'
      ? { node: end.node, interface: end.interface }
      : { segment: names.get(end.bridge) ?? end.bridge };
  return {
    nodes: nodes.map(({ name, host, image }) => ({ name, host, image })),
    wires: wires.map(({ a, b }) => ({ from: endOf(a), to: endOf(b) })),
  };
}
