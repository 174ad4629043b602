import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../ground/errors.ts';
import { GZIP_ENDING, gunzip, gunzipPieces } from '../ground/gzip.ts';
import { MIB, readRegularFile, regularFilePieces } from '../ground/read-regular-file.ts';

/** A capture ends after 2,000,000 packets of at most 656 bytes. */
const MAX_CAPTURE_BYTES = 1280 * MIB;
const MAX_RECORD_BYTES = 256 * MIB;

/** The files of a trial's folder by the names that they have when they are not compressed. */
export class TrialFiles {
  readonly #folder: string;
  /** The names as they are in the folder. */
  readonly #found: ReadonlyMap<string, string>;

  private constructor(folder: string, found: ReadonlyMap<string, string>) {
    this.#folder = folder;
    this.#found = found;
  }

  /** @throws InputError when one is there twice, compressed and not: they may differ. */
  static async in(folder: string): Promise<TrialFiles> {
    const found = new Map<string, string>();
    for (const file of await readdir(folder)) {
      const name = plainName(file);
      if (found.has(name)) {
        const both = `${path.join(folder, name)} is there twice, compressed (${GZIP_ENDING}) and not`;
        throw new InputError(both, { remedy: 'remove one of them' });
      }
      found.set(name, file);
    }
    return new TrialFiles(folder, found);
  }

  get names(): string[] {
    return [...this.#found.keys()];
  }

  /** Where a file is, or would be. */
  pathOf(name: string): string {
    return path.join(this.#folder, this.#found.get(plainName(name)) ?? name);
  }

  /** @throws InputError naming a file that is missing, too large, or not a regular one. */
  read(name: string): Uint8Array {
    const file = this.pathOf(name);
    const content = readRegularFile(file, { max_bytes: MAX_RECORD_BYTES, what: 'record', no_link: true });
    return isCompressed(file) ? gunzip(content, file, MAX_RECORD_BYTES) : content;
  }

  /** A capture, one piece at a time; the same errors. */
  pieces(name: string): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
    const file = this.pathOf(name);
    const pieces = regularFilePieces(file, {
      max_bytes: MAX_CAPTURE_BYTES,
      what: 'record',
      no_link: true,
    });
    return isCompressed(file) ? gunzipPieces(pieces, file, MAX_CAPTURE_BYTES) : pieces;
  }
}

/** A file's name without the ending of a compressed one. */
export function plainName(file: string): string {
  return isCompressed(file) ? file.slice(0, -GZIP_ENDING.length) : file;
}

function isCompressed(file: string): boolean {
  return file.endsWith(GZIP_ENDING);
}
