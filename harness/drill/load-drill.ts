import path from 'node:path';
import type { FaultImage } from '../faults/require-images.ts';
import { InputError, type InputProblem, type Position } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import { type LoadedSystems, loadSystems } from '../systems/load-systems.ts';
import { loadTopology } from '../topology/load-topology.ts';
import { NamedVariables } from '../topology/named-variables.ts';
import { readYamlFile } from '../topology/read-yaml-file.ts';
import { type ImageChoice, replaceImages } from '../topology/replace-images.ts';
import type { Environment } from '../topology/substitute-variables.ts';
import type { Topology } from '../topology/topology.ts';
import { validateYaml } from '../topology/validate-yaml.ts';
import type { YamlSource } from '../topology/yaml-source.ts';
import { checkAgainstTopology } from './check-drill.ts';
import type { Drill } from './drill.ts';
import { imagesOfFaults, readFaults } from './drill-faults.ts';
import { drillProbes } from './drill-probes.ts';
import { type DrillFile, profilesSchema } from './drill-schema.ts';
import { findDrill } from './find-drill.ts';
import { type ForeseenBounds, foreseenBounds } from './foreseen-bounds.ts';
import { holdOf } from './hold-of.ts';
import { checkIgnoredLogs, withIgnoredLogs } from './ignored-logs.ts';
import { type ReadDrill, readDrill } from './read-drill.ts';

export interface LoadedDrill {
  drill: Drill;
  topology: Topology;
  /** What its systems under test are given to run with. */
  systems: LoadedSystems;
  /** The images that its faults have nodes run. */
  fault_images: readonly FaultImage[];
  /** What is allowed for what it expects `within_bound`, by the files. */
  foreseen: ForeseenBounds;
  /** Variables of its files that the environment has, and that were not named. */
  variable_notes: InputProblem[];
  /** Names of the variables that its files have. */
  asked: string[];
  /** Names of the images of its nodes, as the topology has them. */
  images: string[];
  /** Absolute paths of all that it is made of: the drill, its topology, what they name and bind. */
  files: string[];
}

export interface LoadDrillOptions {
  allow_host_binds?: boolean;
  strict?: boolean;
  /** Values for `${NAME}` in its files, before those of the drill and its profile. */
  variables?: Environment;
  /** Images that nodes run instead of those of the topology. */
  images?: ImageChoice;
  /** The environment of this process: what its files ask for and is set there, but was not named, is noted. */
  environment?: Environment;
}

/**
 * Reads a drill and the topology that it runs on, and checks all that can be checked without a lab.
 * @param profile the name given by the user, if any.
 * @throws InputError with everything that is wrong, each with file, line and column.
 */
export async function loadDrill(
  nameOrPath: string,
  profile?: string,
  options: LoadDrillOptions = {},
): Promise<LoadedDrill> {
  const { allow_host_binds = false, strict = false, variables: given = {}, environment = {} } = options;
  const read = await readDrill(await findDrill(nameOrPath), given);
  const { file, content: said, source, variables: own } = read;
  const profiles = await readProfiles(said, file, source.positionOf(['profiles']), own.env);
  const chosen = chooseProfile(said, profiles, source, profile);
  const drill = drillOf(read, chosen, { ...profiles[chosen], ...said.variables });
  const used = new NamedVariables({ ...drill.variables, ...given });
  const { env } = used;
  const ignored = said.log_ignore ?? [];
  const as_is = await named(drill.topology, source.positionOf(['topology']), () =>
    loadTopology(drill.topology, { env, allow_host_binds, strict }),
  );
  const { topology: written, replaced } = replaceImages(as_is, options.images ?? {});
  if (Object.keys(replaced).length > 0) drill.images = replaced;
  const systems = await loadSystems(written, env);
  refuse([
    ...checkAgainstTopology(drill, written, systems, source),
    ...checkIgnoredLogs(ignored, written, source),
  ]);
  const topology = withIgnoredLogs(written, ignored);
  const of_user = [...Object.entries(own.given()), ...Object.entries(used.given())];
  drill.environment = Object.fromEntries(of_user.filter(([name]) => Object.hasOwn(given, name)));
  const foreseen = foreseenBounds(drill, topology, systems);
  return {
    ...{ drill, topology, systems, foreseen },
    fault_images: imagesOfFaults(drill.faults, source),
    variable_notes: [...own.overlooked(file, environment), ...used.overlooked(topology.file, environment)],
    asked: [...own.asked(), ...used.asked()],
    images: as_is.nodes.map(({ image }) => image),
    files: [
      file,
      ...(typeof said.profiles === 'string' ? [path.resolve(path.dirname(file), said.profiles)] : []),
      topology.file,
      ...systems.sources,
      ...topology.nodes.flatMap(({ binds }) => binds.map((bind) => bind.source)),
    ],
  };
}

/** As the file says, in the words of the harness. What the user gave for its variables is not in it yet. */
export function drillOf(
  { name, file, shipped, content: said }: Pick<ReadDrill, 'name' | 'file' | 'shipped' | 'content'>,
  profile: string,
  variables: Record<string, string>,
): Drill {
  return {
    name,
    file,
    shipped,
    description: said.description,
    topology: path.resolve(path.dirname(file), said.topology),
    profile,
    variables,
    environment: {},
    probes: drillProbes(said.probes),
    ...readFaults(said),
    hold: holdOf(said.hold),
    expect: said.expect,
  };
}

async function readProfiles(
  said: DrillFile,
  file: string,
  at: Position,
  env: Environment,
): Promise<Record<string, Record<string, string>>> {
  if (typeof said.profiles !== 'string') return said.profiles ?? {};
  const profiles = path.resolve(path.dirname(file), said.profiles);
  const source = await named(profiles, at, () => readYamlFile(profiles, env));
  refuse([...source.problems, ...validateYaml(source, profilesSchema).problems]);
  return profilesSchema.parse(source.data);
}

/** Reads a file that a drill names: what is wrong with it as a whole is wrong where it is named. */
async function named<T>(file: string, at: Position, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const problems = error.problems.map(({ message, position }) =>
      position?.file === file && position.line === undefined
        ? { message: `'${file}': ${message}`, position: at }
        : { message, ...(position ? { position } : {}) },
    );
    throw new InputError(problems, { cause: error });
  }
}

function chooseProfile(
  said: DrillFile,
  profiles: Record<string, unknown>,
  source: YamlSource,
  wanted: string | undefined,
): string {
  const names = Object.keys(profiles);
  const chosen = wanted ?? said.profile ?? names[0];
  if (chosen === undefined) return 'default';
  if (names.includes(chosen)) return chosen;
  const message =
    `there is no profile '${chosen}'${didYouMean(chosen, names)}; ` +
    `${names.length > 0 ? `profiles are ${names.join(', ')}` : 'this drill has none'}`;
  const position = source.positionOf([wanted === undefined ? 'profile' : 'profiles']);
  throw new InputError([{ message, position }]);
}

function refuse(problems: readonly InputProblem[]): void {
  if (problems.length > 0) throw new InputError(problems);
}
