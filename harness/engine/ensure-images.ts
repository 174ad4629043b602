import { InputError } from '../ground/errors.ts';
import type { Engine } from './connect.ts';
import { contentTags, type TaggedImage } from './content-tag.ts';
import { findImage } from './find-image.ts';
import type { OnProgress } from './follow-progress.ts';
import { imageCatalogue } from './image-catalogue.ts';
import { moveLatest } from './move-latest.ts';
import { unknownOwnImage } from './unknown-image.ts';

export interface EnsureOptions {
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
  /** Where the Dockerfiles are; the package's own `images/` unless given. */
  imagesDir?: string | undefined;
}

/** An own image that the engine has now. */
export interface EnsuredImage {
  /** The content tag: `hadrill/router:3f0c9a1b2d4e`. */
  tag: string;
  /** `sha256:...` */
  id: string;
}

/**
 * Makes sure that the engine has the named images of hadrill (`router`, ...) in their present content:
 * builds what is missing, parents first, two at a time. `hadrill/NAME:latest` is moved to each, so that
 * containerlab finds them. When nothing is missing this is one question to the engine. Two processes that
 * do this at once build the same thing twice, which harms nothing.
 * @returns the named images (not their parents).
 * @throws InputError for an unknown name; EnvironmentError when an image cannot be built.
 */
export async function ensureImages(
  engine: Engine,
  names: Iterable<string>,
  options: EnsureOptions = {},
): Promise<Map<string, EnsuredImage>> {
  const catalogue = await imageCatalogue(options.imagesDir);
  const wanted = [...new Set(names)];
  const unknown = wanted.filter((name) => !catalogue.has(name));
  if (unknown.length > 0)
    throw new InputError(unknown.map((name) => unknownOwnImage(name, catalogue.keys())));
  const tagged = await contentTags(wanted, catalogue);
  const present = await presentImages(engine);
  const missing = missingOf(wanted, tagged, present);
  if (missing.size > 0) {
    // Loaded when there is something to build: it would slow down every other command.
    const { buildMissing } = await import('./build-missing.ts');
    await buildMissing(engine, missing, tagged, options);
  }
  const ensured = new Map<string, EnsuredImage>();
  for (const name of wanted) {
    const { tag } = tagged.get(name)!;
    const id = present.get(tag) ?? (await findImage(engine, tag))!.Id;
    await moveLatest(engine, { name, tag, id }, present);
    ensured.set(name, { tag, id });
  }
  return ensured;
}

/** Which of the named own images (all unless given) the engine has in their present content. */
export async function imagesPresent(
  engine: Engine,
  options: { imagesDir?: string; names?: string[] } = {},
): Promise<Map<string, { tag: string; present: boolean; on_demand: boolean }>> {
  const catalogue = await imageCatalogue(options.imagesDir);
  const tagged = await contentTags(options.names ?? catalogue.keys(), catalogue);
  const present = await presentImages(engine);
  return new Map(
    [...tagged].map(([name, { tag, on_demand }]) => [name, { tag, present: present.has(tag), on_demand }]),
  );
}

/**
 * What Podman puts before the names of images: a registry's name where its Docker API built them, `localhost` where they
 * were loaded. It takes their names without it as well.
 */
const REGISTRY = /^(?:localhost|[^/]*\.[^/]*)\//;

/** Image id by tag, of every image of ours, whatever it is called. */
async function presentImages(engine: Engine): Promise<Map<string, string>> {
  const images = await engine.docker.listImages({ filters: { label: ['hadrill.image'] } });
  return new Map(
    images.flatMap((image) =>
      (image.RepoTags ?? []).map((tag) => [tag.replace(REGISTRY, ''), image.Id] as const),
    ),
  );
}

/** The wanted images that are not there; a parent only where something is built on it. */
function missingOf(
  wanted: readonly string[],
  tagged: Map<string, TaggedImage>,
  present: Map<string, string>,
): Set<string> {
  const missing = new Set<string>();
  for (const name of wanted) {
    let image = tagged.get(name);
    while (image && !present.has(image.tag)) {
      missing.add(image.name);
      image = image.parent === undefined ? undefined : tagged.get(image.parent);
    }
  }
  return missing;
}
