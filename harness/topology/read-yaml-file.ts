import { InputError } from '../ground/errors.ts';
import { MIB, readRegularFile } from '../ground/read-regular-file.ts';
import type { Environment } from './substitute-variables.ts';
import { parseYamlSource, type YamlSource } from './yaml-source.ts';

/** Far above any topology or drill; guards against being pointed at a disk image. */
const MAX_BYTES = 4 * MIB;

/**
 * Reads a YAML file, replacing variables.
 * @throws InputError when there is no such file or it holds no text. What is wrong inside it is in `problems`.
 */
export async function readYamlFile(file: string, env: Environment): Promise<YamlSource> {
  return parseYamlSource(decode(readRegularFile(file, { max_bytes: MAX_BYTES }), file), file, env);
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
