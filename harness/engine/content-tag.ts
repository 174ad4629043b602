import { createHash } from 'node:crypto';
import { DEBIAN_RELEASE, type OwnImage } from './image-catalogue.ts';
import { type ImageFile, readImageFiles } from './image-files.ts';
import { packageFiles } from './package-files.ts';

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
    const files = [
      ...(await readImageFiles(image.folder)),
      ...(image.carries_package ? await packageFiles() : []),
    ];
    const hash = contentHash(files, { parent_hash: parent?.hash, debian: DEBIAN_RELEASE });
    const result = { ...image, files, hash, tag: `hadrill/${image.name}:${hash.slice(0, 12)}` };
    tagged.set(image.name, result);
    return result;
  };
  for (const name of names) await visit(catalogue.get(name)!);
  return tagged;
}
