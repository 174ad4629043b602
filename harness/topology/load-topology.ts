import { resolve } from 'node:path';
import { InputError, type InputProblem } from '../ground/errors.ts';
import { readYamlFile } from './read-yaml-file.ts';
import { resolveTopology } from './resolve-topology.ts';
import type { Environment } from './substitute-variables.ts';
import type { Topology } from './topology.ts';

/**
 * Reads a containerlab file, replaces its environment variables, and checks all of it.
 * @param options.env instead of the environment of this process.
 * @throws InputError with every problem of the file, in the order of the file.
 */
export async function loadTopology(file: string, options: { env?: Environment } = {}): Promise<Topology> {
  const source = await readYamlFile(file, options.env ?? process.env);
  const { topology, problems } = resolveTopology(source, resolve(file));
  if (problems.length > 0) throw new InputError(problems.toSorted(inFileOrder));
  if (!topology) throw new InputError([{ message: 'is no topology', position: { file } }]);
  return topology;
}

function inFileOrder(a: InputProblem, b: InputProblem): number {
  const [left, right] = [a.position, b.position];
  return (left?.line ?? 0) - (right?.line ?? 0) || (left?.column ?? 0) - (right?.column ?? 0);
}
