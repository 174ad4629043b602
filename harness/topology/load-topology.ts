import { resolve } from 'node:path';
import { InputError, type InputProblem } from '../ground/errors.ts';
import { readYamlFile } from './read-yaml-file.ts';
import { resolveTopology } from './resolve-topology.ts';
import type { Environment } from './substitute-variables.ts';
import type { Topology } from './topology.ts';

/**
 * Reads a containerlab file, replaces its variables, and checks all of it.
 * @param options.env their values; none unless given. Nothing is taken from the environment of this process.
 * @param options.allow_host_binds binds may give a node power over this machine: `/`, the engine's socket.
 * @param options.strict what would be ignored is refused.
 * @throws InputError with every problem of the file, in the order of the file.
 */
export async function loadTopology(
  file: string,
  options: { env?: Environment; allow_host_binds?: boolean; strict?: boolean } = {},
): Promise<Topology> {
  const source = await readYamlFile(file, options.env ?? {});
  const { topology, problems } = resolveTopology(source, resolve(file), {
    allow_host_binds: options.allow_host_binds ?? false,
    strict: options.strict ?? false,
  });
  if (problems.length > 0) throw new InputError(problems.toSorted(inFileOrder));
  if (!topology) throw new InputError([{ message: 'is not a topology', position: { file } }]);
  topology.notes?.sort(inFileOrder);
  return topology;
}

function inFileOrder(a: InputProblem, b: InputProblem): number {
  const [left, right] = [a.position, b.position];
  return (left?.line ?? 0) - (right?.line ?? 0) || (left?.column ?? 0) - (right?.column ?? 0);
}
