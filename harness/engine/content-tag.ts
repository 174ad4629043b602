import { createHash } from 'node:crypto';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import path from 'node:path';
import ignore from 'ignore';
import { DEBIAN_RELEASE, type OwnImage } from './image-catalogue.ts';

/** One file of an image's folder, as it goes into the build and into the hash. */
export interface ImageFile {
  /** Relative to the folder, with `/`. */
  path: string;
  kind: 'file' | 'link';
  executable: boolean;
  /** A link's bytes are its target. */
  bytes: Buffer;
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

/** SHA-256 over paths, kinds, executable bits and bytes of the files, and over what they are built on. Pure. */
export function contentHash(
  files: readonly ImageFile[],
  builtOn: { parent_hash: string | undefined; debian: string },
): string {
  const hash = createHash('sha256');
  hash.update(`debian ${builtOn.debian}\0parent ${builtOn.parent_hash ?? 'none'}\0`);
  for (const file of files) {
    hash.update(`${file.path}\0${file.kind}\0${file.executable ? 'x' : '-'}\0${file.bytes.length}\0`);
    hash.update(file.bytes);
  }
  return hash.digest('hex');
}

/** An own image with its content: what a build needs. */
export interface TaggedImage extends OwnImage {
  files: ImageFile[];
  hash: string;
  /** `hadrill/router:3f0c9a1b2d4e`: twelve hex digits of the hash. */
  tag: string;
}

/** The given images and all their ancestors, parents first, each with its content tag. */
export async function contentTags(
  names: Iterable<string>,
  catalogue: Map<string, OwnImage>,
): Promise<Map<string, TaggedImage>> {
  const tagged = new Map<string, TaggedImage>();
  const visit = async (image: OwnImage): Promise<TaggedImage> => {
    const known = tagged.get(image.name);
    if (known) return known;
    const parent = image.parent === undefined ? undefined : await visit(catalogue.get(image.parent)!);
    const files = await readImageFiles(image.folder);
    const hash = contentHash(files, { parent_hash: parent?.hash, debian: DEBIAN_RELEASE });
    const result = { ...image, files, hash, tag: `hadrill/${image.name}:${hash.slice(0, 12)}` };
    tagged.set(image.name, result);
    return result;
  };
  for (const name of names) await visit(catalogue.get(name)!);
  return tagged;
}
