import { InputError, type InputProblem } from '../ground/errors.ts';
import type { Environment } from '../topology/substitute-variables.ts';
import type { Topology } from '../topology/topology.ts';
import { systems } from './registry.ts';
import type { Loaded, System } from './system.ts';

/** What every system read of a topology's files. */
export class LoadedSystems {
  readonly #all: ReadonlyMap<System, Loaded<unknown>>;

  constructor(all: ReadonlyMap<System, Loaded<unknown>>) {
    this.#all = all;
  }

  /** What one of them read. */
  of<Files>(system: System<Files>): Files {
    const loaded = this.#all.get(system);
    if (!loaded) throw new Error(`there is no line for ${system.name} in harness/systems/registry.ts`);
    return loaded.files as Files;
  }

  get notes(): readonly InputProblem[] {
    return [...this.#all.values()].flatMap(({ notes }) => notes);
  }

  get sources(): readonly string[] {
    return [...this.#all.values()].flatMap(({ sources }) => sources);
  }

  /** One sentence for every timer that is not as its default is. */
  get scale(): readonly string[] {
    return [...this.#all].flatMap(([system, { files }]) => system.scale?.(files) ?? []);
  }
}

/**
 * Reads and checks the files that a topology gives its systems under test.
 * @param env the variables that the topology was loaded with.
 * @throws InputError with everything that is wrong in any of them, each with file, line and column.
 */
export async function loadSystems(topology: Topology, env: Environment): Promise<LoadedSystems> {
  const problems: InputProblem[] = [];
  const all = new Map<System, Loaded<unknown>>();
  for (const system of systems.values()) {
    try {
      all.set(system, await system.load(topology, env));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return new LoadedSystems(all);
}
