import { InputError } from '../ground/errors.ts';
import type { AgentPort } from '../lab/agent-shapes.ts';
import type { LabNode } from '../lab/lab.ts';

/** The wire at an interface of a node. @throws InputError naming the wires that the node has. */
export function wireOf(node: LabNode, name: string): AgentPort {
  const wire = node.ports.find((port) => port.interface === name);
  if (wire) return wire;
  const known = node.ports.map((port) => port.interface).join(', ') || 'none';
  throw new InputError(`node '${node.name}' has no wire at an interface '${name}'; it has ${known}`);
}
