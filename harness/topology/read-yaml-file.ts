import { readFile, stat } from 'node:fs/promises';
import { InputError, messageOf } from '../ground/errors.ts';
import type { Environment } from './substitute-variables.ts';
import { parseYamlSource, type YamlSource } from './yaml-source.ts';

/** Far above any topology or drill; guards against being pointed at a disk image. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Reads a YAML file, replacing environment variables.
 * @throws InputError when there is no such file or it holds no text. What is wrong inside it is in `problems`.
 */
export async function readYamlFile(file: string, env: Environment): Promise<YamlSource> {
  const bytes = await readBytes(file);
  if (bytes.length > MAX_BYTES)
    throw new InputError([{ message: 'is larger than 4 MiB', position: { file } }]);
  return parseYamlSource(decode(bytes, file), file, env);
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const info = await stat(file);
    if (info.isDirectory())
      throw new InputError([{ message: 'is a directory, not a file', position: { file } }]);
    if (!info.isFile() && !info.isFIFO()) {
      throw new InputError([{ message: 'is a device or socket, not a file', position: { file } }]);
    }
    if (info.size > MAX_BYTES)
      throw new InputError([{ message: 'is larger than 4 MiB', position: { file } }]);
    return await readFile(file);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError([{ message: unreadable(error), position: { file } }], { cause: error });
  }
}

function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read (permission denied)';
  return `cannot be read: ${messageOf(error)}`;
}

function decode(bytes: Buffer, file: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Not UTF-8: said below.
  }
  throw new InputError([{ message: 'is not a text file (expected YAML in UTF-8)', position: { file } }]);
}
