import type { Target } from '../topology/targets.ts';
import type { Topology } from '../topology/topology.ts';

/** The nodes that a fault takes part of, as far as its target names them: a role is not resolved before a lab runs. */
export function foreseenVictims(target: Target, { nodes }: Topology): string[] {
  const named = 'node' in target && target.node.kind === 'node' ? target.node.node : undefined;
  const own = nodes.find(({ name }) => name === named);
  const host = target.kind === 'host' ? target.host : target.kind === 'host-of' ? own?.host : undefined;
  if (host !== undefined) return nodes.filter((one) => one.host === host).map(({ name }) => name);
  return (target.kind === 'node' || target.kind === 'process') && own ? [own.name] : [];
}
