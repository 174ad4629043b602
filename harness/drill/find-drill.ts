import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { PACKAGE_ROOT } from '../engine/package-root.ts';
import { InputError } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';

const ENDING = '.drill.yml';

/** Where the shipped topologies and drills are. */
export function topologiesFolder(): string {
  return path.join(PACKAGE_ROOT, 'topologies');
}

/** Names of the shipped drills: `l3/node-crash` for `topologies/l3/node-crash.drill.yml`. */
export async function shippedDrills(): Promise<string[]> {
  return filesEnding(ENDING);
}

/** Shipped topologies, by path from the package's root. */
export async function shippedTopologies(): Promise<string[]> {
  return (await filesEnding('.clab.yml')).map((name) => path.join('topologies', `${name}.clab.yml`));
}

async function filesEnding(ending: string): Promise<string[]> {
  const files = await readdir(topologiesFolder(), { recursive: true });
  return files
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length).split(path.sep).join('/'))
    .sort();
}

export interface FoundDrill {
  name: string;
  /** Absolute path. */
  file: string;
  /** It comes with hadrill, and is found by its name. */
  shipped: boolean;
}

/** @param name one of `shippedDrills`. */
export function shippedDrill(name: string): FoundDrill {
  return { name, file: path.join(topologiesFolder(), `${name}${ENDING}`), shipped: true };
}

/**
 * The file of a drill, given as a path to a `*.drill.yml` or as the name of a shipped one.
 * @throws InputError listing the shipped drills of that folder.
 */
export async function findDrill(nameOrPath: string): Promise<FoundDrill> {
  const shipped = await shippedDrills();
  if (shipped.includes(nameOrPath)) return shippedDrill(nameOrPath);
  const file = path.resolve(nameOrPath);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) {
    const name = nameOf(file);
    return { name, file, shipped: shipped.includes(name) && inTopologies(file) };
  }
  throw new InputError(
    `there is no drill '${nameOrPath}': neither a file nor a shipped drill` +
      `${didYouMean(nameOrPath, shipped)}; ${whatThereIs(nameOrPath, shipped)}`,
  );
}

/** The drills of the folder that was named, which are few enough to be read; without such a folder the folders. */
function whatThereIs(name: string, shipped: readonly string[]): string {
  const families = Map.groupBy(shipped, path.dirname);
  const family = families.get(path.dirname(name));
  return family
    ? `shipped are ${family.join(', ')}`
    : `shipped are drills of ${[...families.keys()].join(', ')}: \`hadrill list\` names them all`;
}

function inTopologies(file: string): boolean {
  const inside = path.relative(topologiesFolder(), file);
  return !inside.startsWith('..') && !path.isAbsolute(inside);
}

/**
 * Below the shipped topologies the path from there; elsewhere the name of its folder and its own, so that drills of the
 * same name in two folders stay apart.
 */
function nameOf(file: string): string {
  const inside = path.relative(topologiesFolder(), file).split(path.sep).join('/');
  const folder = path.basename(path.dirname(file));
  const name = inTopologies(file) ? inside : [folder, path.basename(file)].filter(Boolean).join('/');
  const bare = name.replace(/\.drill\.ya?ml$|\.ya?ml$/, '');
  // Of a file named `...drill.yml` dots would be left, which lead elsewhere as part of a path.
  return bare.replace(/(?<=^|\/)\.+(?=$|\/)/g, (dots) => '_'.repeat(dots.length));
}
