import { createHash, randomBytes, scryptSync } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { InputError } from './errors.ts';
import { MIB, readRegularFile } from './read-regular-file.ts';

/** Files at one moment, to be held against what they are at another. */
export interface FilesDigest {
  /** Absolute paths of files and folders. */
  paths: string[];
  /** Hexadecimal. */
  salt: string;
  /** Hexadecimal, of all of them together: scrypt, so that a password in one of them cannot be tried out. */
  digest: string;
  /** The same of each of them, in the order of `paths`, where there are not too many. */
  each?: string[];
}

/** Of what is larger, and of what is beyond the rest in all, only size and time of change count. */
const MOST_BYTES = 4 * MIB;
const MOST_BYTES_IN_ALL = 64 * MIB;
/** Of the entries of folders. */
const MOST_ENTRIES = 5000;
const DIGEST_BYTES = 16;
/** More than these are not told apart: each costs some 10 ms. */
const MOST_APART = 32;
/** Of scrypt, for each; as many tries of a password cost a thousand times as much as its hash alone. */
const COST_APART = 4096;

/** What the files, and all in the folders, are now. Never throws: what cannot be read counts as that. */
export function filesDigest(paths: readonly string[], salt = randomBytes(16).toString('hex')): FilesDigest {
  const files = [...new Set(paths)];
  const reader = new Reader();
  for (const file of files) reader.add(file);
  const salted = Buffer.from(salt, 'hex');
  const digest = scryptSync(reader.digest(), salted, DIGEST_BYTES).toString('hex');
  if (files.length > MOST_APART) return { paths: files, salt, digest };
  const each = files.map((file) => {
    const own = new Reader();
    own.add(file);
    return scryptSync(own.digest(), salted, DIGEST_BYTES, { N: COST_APART }).toString('hex');
  });
  return { paths: files, salt, digest, each };
}

/**
 * What became of the files since.
 * @returns a clause about them: "the files have changed since"; undefined when they are what they were.
 */
export function changedSince(then: FilesDigest): string | undefined {
  const gone = then.paths.filter((file) => !existsSync(file));
  if (gone.length > 0) return `${gone.join(', ')} ${gone.length === 1 ? 'is' : 'are'} gone`;
  return filesDigest(then.paths, then.salt).digest === then.digest
    ? undefined
    : 'the files have changed since';
}

class Reader {
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #entries = 0;

  digest(): Buffer {
    return this.#hash.digest();
  }

  /** @param name by which it counts: a folder that was moved is the same. */
  add(file: string, name = ''): void {
    this.#entries += 1;
    if (this.#entries > MOST_ENTRIES) return;
    try {
      const info = statSync(file);
      if (info.isDirectory()) this.#addFolder(file, name);
      else if (info.isFile() && info.size <= MOST_BYTES && this.#bytes + info.size <= MOST_BYTES_IN_ALL) {
        const content = readRegularFile(file, { max_bytes: MOST_BYTES });
        this.#bytes += content.length;
        this.#note('file', name, createHash('sha256').update(content).digest('hex'));
      } else this.#note('other', name, `${info.size} ${info.mtimeMs}`);
    } catch (error) {
      if (!(error instanceof InputError || (error instanceof Error && 'code' in error))) throw error;
      this.#note('unreadable', name, '');
    }
  }

  #addFolder(folder: string, name: string): void {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#note('folder', name, String(entries.length));
    for (const entry of entries) {
      const inside = `${name}/${entry.name}`;
      // A link may lead back up.
      if (entry.isSymbolicLink()) this.#note('link', inside, '');
      else this.add(path.join(folder, entry.name), inside);
    }
  }

  #note(...words: string[]): void {
    this.#hash.update(`${JSON.stringify(words)}\n`);
  }
}
