import type { Lab, LabNode } from '../lab/lab.ts';
import type { Target } from '../topology/targets.ts';

/** The ways in which a fault can be aimed. */
export type TargetForm = 'node' | 'host' | 'process' | 'interface' | 'network';

/** A target with the roles replaced by who played them at that moment. */
export type ResolvedTarget =
  | { form: 'node'; node: string }
  | { form: 'host'; host: string; nodes: string[] }
  | { form: 'network'; network: string; nodes: string[] }
  | { form: 'process'; node: string; process: string }
  | { form: 'interface'; node: string; interface: string };

/** The form of a target, before anything is known of the lab. */
export function targetForm(target: Target): TargetForm {
  return target.kind === 'host-of' ? 'host' : target.kind;
}

/** For reports: `host:node1 (r1)`. */
export function describeResolved(target: ResolvedTarget): string {
  switch (target.form) {
    case 'node':
      return target.node;
    case 'host':
      return `host:${target.host} (${target.nodes.join(', ')})`;
    case 'network':
      return `network:${target.network} (${target.nodes.join(', ')})`;
    case 'process':
      return `${target.node}/${target.process}`;
    case 'interface':
      return `${target.node}:${target.interface}`;
  }
}

/** The nodes that a resolved target takes part of. */
export function nodesOf(lab: Lab, target: ResolvedTarget): LabNode[] {
  if (target.form === 'network') return target.nodes.map((name) => lab.node(name));
  return target.form === 'host' ? lab.nodesOfHost(target.host) : [lab.node(target.node)];
}
