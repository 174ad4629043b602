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

/**
 * The file of a drill, given as a path to a `*.drill.yml` or as the name of a shipped one.
 * @throws InputError listing the shipped drills.
 */
export async function findDrill(nameOrPath: string): Promise<{ name: string; file: string }> {
  const shipped = await shippedDrills();
  if (shipped.includes(nameOrPath)) {
    return { name: nameOrPath, file: path.join(topologiesFolder(), `${nameOrPath}${ENDING}`) };
  }
  const file = path.resolve(nameOrPath);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) return { name: nameOf(file), file };
  throw new InputError(
    `there is no drill '${nameOrPath}': neither a file nor a shipped drill` +
      `${didYouMean(nameOrPath, shipped)}; shipped are ${shipped.join(', ')}`,
  );
}

function nameOf(file: string): string {
  const inside = path.relative(topologiesFolder(), file);
  const name = inside.startsWith('..') ? path.basename(file) : inside.split(path.sep).join('/');
  return name.replace(/\.drill\.ya?ml$|\.ya?ml$/, '');
}
