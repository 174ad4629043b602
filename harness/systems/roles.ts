import type { InputProblem } from '../ground/errors.ts';
import { registryOf } from '../ground/registry.ts';
import * as targets from '../topology/targets.ts';
import type { Topology } from '../topology/topology.ts';
import { liveSystems } from './live.ts';
import type { Role } from './live-system.ts';

const ALL = liveSystems.flatMap((live) => Object.entries(live.roles ?? {}));

/** Every part that a node plays in a system under test, by its word. */
export const roles: ReadonlyMap<string, Role> = new Map(
  [...registryOf('role', ALL, ([word]) => word)].map(([word, [, role]]) => [word, role]),
);

/** A target whose role, if it names one, is of some system. @throws InputError with the forms that there are. */
export function parseTarget(text: string): targets.Target {
  return targets.parseTarget(text, roles);
}

/** What a target names that the topology does not have, as far as that is known without a lab. */
export function checkTarget(target: targets.Target, topology: Topology): InputProblem[] {
  return targets.checkTarget(target, topology, roles);
}
