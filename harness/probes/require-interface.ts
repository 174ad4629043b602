import { InputError } from '../ground/errors.ts';
import type { AgentPort } from '../lab/agent-shapes.ts';
import type { Lab } from '../lab/lab.ts';

/** @throws InputError listing the interfaces that the node has. */
export function requireInterface(lab: Lab, name: string, wanted: string): AgentPort {
  const { ports } = lab.node(name);
  const found = ports.find((port) => port.interface === wanted);
  if (found) return found;
  const known = ports.map((port) => port.interface).join(', ') || 'none';
  throw new InputError(`node '${name}' has no interface '${wanted}'; it has ${known}`);
}
