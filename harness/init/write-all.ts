import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentError, InputError, messageOf } from '../ground/errors.ts';

/**
 * Writes files, and the folders that they are in. Where one is there already none is written.
 * @throws InputError for those that are there; EnvironmentError when one can't be written.
 */
export function writeAll(files: readonly { file: string; text: string }[]): void {
  const there = files.filter(({ file }) => existsSync(file)).map(({ file }) => file);
  if (there.length > 0)
    throw new InputError(
      `nothing was written: ${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} there already`,
      { remedy: 'choose another folder with --out' },
    );
  for (const { file, text } of files) write(file, text);
}

function write(file: string, text: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw new EnvironmentError(`${file} can't be written: ${messageOf(error)}`, { cause: error });
  }
}
