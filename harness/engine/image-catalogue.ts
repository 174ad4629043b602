import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { InputError, messageOf } from '../ground/errors.ts';
import { IMAGES_DIR } from './package-root.ts';

/** The Debian release that every image of hadrill is built on. */
export const DEBIAN_RELEASE = 'trixie';

/** An image that hadrill builds itself: a folder with a Dockerfile. */
export interface OwnImage {
  /** `router`; the image is `hadrill/router`. */
  name: string;
  /** Absolute path. */
  folder: string;
  /** The own image it is built on; `undefined` = Debian. */
  parent: string | undefined;
  /** Large, and of few topologies: it is built when one of them asks for it, not by the set-up. */
  on_demand: boolean;
  /** hadrill itself goes into it, and the Node.js that runs it. */
  carries_package: boolean;
}

/**
 * hadrill's own images by name: the folders of `imagesDir` that hold a Dockerfile.
 * @throws InputError when a Dockerfile names a parent that is not there, or itself.
 */
export async function imageCatalogue(imagesDir: string = IMAGES_DIR): Promise<Map<string, OwnImage>> {
  const catalogue = new Map<string, OwnImage>();
  for (const entry of await readdir(imagesDir, { withFileTypes: true })) {
    const folder = path.join(imagesDir, entry.name);
    const dockerfile = entry.isDirectory() ? await readDockerfile(folder) : undefined;
    if (dockerfile === undefined) continue;
    catalogue.set(entry.name, {
      name: entry.name,
      folder,
      parent: parentOf(dockerfile),
      on_demand: isOnDemand(dockerfile),
      carries_package: carriesPackage(dockerfile),
    });
  }
  for (const image of catalogue.values()) checkAncestry(image, catalogue);
  return catalogue;
}

/** The parent that a Dockerfile declares by `ARG BASE=hadrill/NAME`; `undefined` when it builds on Debian. */
export function parentOf(dockerfile: string): string | undefined {
  return /^\s*ARG\s+BASE=["']?hadrill\/([a-z0-9][a-z0-9._-]*)(?::latest)?["']?\s*$/im.exec(dockerfile)?.[1];
}

/** Whether a Dockerfile declares by `LABEL hadrill.on-demand="true"` that the set-up does not build it. */
export function isOnDemand(dockerfile: string): boolean {
  return /^\s*LABEL\s+hadrill\.on-demand=["']?true["']?\s*$/im.test(dockerfile);
}

/** Whether a Dockerfile declares by `LABEL hadrill.carries="package"` that its build wants hadrill itself. */
export function carriesPackage(dockerfile: string): boolean {
  return /^\s*LABEL\s+hadrill\.carries=["']?package["']?\s*$/im.test(dockerfile);
}

async function readDockerfile(folder: string): Promise<string | undefined> {
  return readFile(path.join(folder, 'Dockerfile'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new InputError([
      { message: messageOf(error), position: { file: path.join(folder, 'Dockerfile') } },
    ]);
  });
}

function checkAncestry(image: OwnImage, catalogue: Map<string, OwnImage>): void {
  const seen = new Set<string>();
  for (let at: OwnImage = image; at.parent !== undefined; ) {
    seen.add(at.name);
    const parent = catalogue.get(at.parent);
    const position = { file: path.join(at.folder, 'Dockerfile') };
    if (!parent)
      throw new InputError([{ message: `its parent hadrill/${at.parent} is not there`, position }]);
    if (seen.has(parent.name)) {
      throw new InputError([{ message: `hadrill/${at.name} is its own ancestor`, position }]);
    }
    at = parent;
  }
}
