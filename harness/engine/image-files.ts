import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import ignore from 'ignore';

/** One file of an image's folder, as it goes into the build and into the hash. */
export interface ImageFile {
  /** Relative to the folder, with `/`. */
  path: string;
  kind: 'file' | 'link';
  executable: boolean;
  /** A link's bytes are its target. */
  bytes: Buffer;
  /** The file that goes into the build, of which `bytes` only says which one it is: it is large. */
  from?: string;
}

/** What changes nothing in the image: texts for people, and what Python leaves behind. */
const ignored = ignore().add(['*.md', '__pycache__/', '*.pyc']);

/** An image's files, sorted by path; texts and Python's caches left out. */
export async function readImageFiles(folder: string): Promise<ImageFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const kept = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => ({ link: entry.isSymbolicLink(), full: path.join(entry.parentPath, entry.name) }))
    .map((entry) => ({ ...entry, relative: path.relative(folder, entry.full).split(path.sep).join('/') }))
    .filter((entry) => !ignored.ignores(entry.relative))
    .sort((a, b) => (a.relative < b.relative ? -1 : 1));
  return Promise.all(kept.map((entry) => readOne(entry)));
}

async function readOne(entry: { link: boolean; full: string; relative: string }): Promise<ImageFile> {
  if (entry.link) {
    const bytes = Buffer.from(await readlink(entry.full));
    return { path: entry.relative, kind: 'link', executable: false, bytes };
  }
  const executable = ((await stat(entry.full)).mode & 0o111) !== 0;
  return { path: entry.relative, kind: 'file', executable, bytes: await readFile(entry.full) };
}
