import type { Engine } from '../engine/connect.ts';
import { InputError } from '../ground/errors.ts';
import type { Lab } from '../lab/lab.ts';
import { type UpOptions, up } from '../lab/up.ts';
import type { Topology } from '../topology/topology.ts';
import { liveSystems } from './live.ts';
import type { LoadedSystems } from './load-systems.ts';

/** Builds a lab whose systems under test have what their files say. Nothing is asked of them yet. @throws as `up`. */
export function buildLab(
  engine: Engine,
  topology: Topology,
  loaded: LoadedSystems,
  options: UpOptions = {},
): Promise<Lab> {
  const onLab = (lab: Lab) => {
    for (const live of liveSystems) live.attach?.(lab, loaded.of(live.system));
    options.onLab?.(lab);
  };
  return up(engine, topology, { ...options, onLab });
}

/** Asks the systems of a lab that has just been built. @throws as `LiveSystem.require`, for all of them at once. */
export function requireSystems(lab: Lab, loaded: LoadedSystems, signal?: AbortSignal): Promise<void> {
  return askAll(liveSystems.map((live) => live.require?.(lab, loaded.of(live.system), signal)));
}

/** @throws InputError with all that is wrong with the input; else the first other error. */
async function askAll(answers: readonly (Promise<void> | undefined)[]): Promise<void> {
  const settled = await Promise.allSettled(answers);
  const errors: unknown[] = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  const problems = errors.flatMap((error) => (error instanceof InputError ? error.problems : []));
  if (problems.length > 0) throw new InputError(problems);
  if (errors.length > 0) throw errors[0];
}

/**
 * Builds a lab that is left as it is, for `hadrill up` and programs: its daemons are asked what they refuse.
 * @throws as `up`, and what its systems refuse. Nothing is left behind then.
 */
export async function openLab(
  engine: Engine,
  topology: Topology,
  loaded: LoadedSystems,
  options: UpOptions = {},
): Promise<Lab> {
  const lab = await buildLab(engine, topology, loaded, options);
  try {
    await requireSystems(lab, loaded, options.signal);
    await askAll(liveSystems.map((live) => live.check?.(lab, loaded.of(live.system), options.signal)));
  } catch (error) {
    await lab.down();
    throw error;
  }
  opened.set(lab, loaded);
  return lab;
}

const opened = new WeakMap<Lab, LoadedSystems>();

/** What the files of a lab give its systems under test. @throws InputError where `openLab` did not open it. */
export function systemsOf(lab: Lab): LoadedSystems {
  const loaded = opened.get(lab);
  if (loaded) return loaded;
  throw new InputError(`lab '${lab.name}' was not opened by openLab: what its files say is not known`);
}
