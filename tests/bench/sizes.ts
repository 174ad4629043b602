import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Engine } from '../../harness/engine/connect.ts';
import { imagesPresent } from '../../harness/engine/ensure-images.ts';
import { PACKAGE_ROOT } from '../../harness/engine/package-root.ts';

interface Sizes {
  /** By image, as the engine counts it: with the layers that it shares with others. */
  images_mb: Record<string, number>;
  /** How many packages an installation brings, hadrill itself among them: by the lock file. */
  packages: number;
}

/** What an installation takes. */
export async function sizes(engine: Engine): Promise<Sizes> {
  const images_mb: Record<string, number> = {};
  for (const [name, { tag, present }] of await imagesPresent(engine)) {
    if (present) images_mb[name] = (await engine.docker.getImage(tag).inspect()).Size / 1e6;
  }
  return { images_mb, packages: await packages() };
}

async function packages(): Promise<number> {
  const text = await readFile(path.join(PACKAGE_ROOT, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as { packages: Record<string, { dev?: true; devOptional?: true }> };
  return Object.values(packages).filter(({ dev, devOptional }) => !dev && !devOptional).length;
}

/** Bytes of all files below a folder. */
export async function folderBytes(folder: string): Promise<number> {
  const names = await readdir(folder, { recursive: true });
  const found = await Promise.all(names.map((name) => stat(path.join(folder, name))));
  return found.reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0);
}
