import { mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder that nobody else has: `wanted` itself, or with `-2`, `-3`, ... after its name when there is such a folder
 * already, even when two processes ask at the same moment. Folders above it are made as needed.
 * @returns its path. @throws what mkdir(2) says when it can't be made.
 */
export function makeFreshFolder(wanted: string): string {
  mkdirSync(path.dirname(wanted), { recursive: true });
  for (let number = 1; ; number += 1) {
    const folder = number === 1 ? wanted : `${wanted}-${number}`;
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
