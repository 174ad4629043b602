import pLimit from 'p-limit';
import { InputError } from '../ground/errors.ts';
import { buildImage } from './build-image.ts';
import type { Engine } from './connect.ts';
import { contentTags, type TaggedImage } from './content-tag.ts';
import { debianBase } from './debian-base.ts';
import { findImage } from './find-image.ts';
import type { OnProgress } from './follow-progress.ts';
import { imageCatalogue } from './image-catalogue.ts';
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

const PARALLEL_BUILDS = 2;

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
  if (missing.size > 0) await buildAll(engine, missing, tagged, options);
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
): Promise<Map<string, { tag: string; present: boolean }>> {
  const catalogue = await imageCatalogue(options.imagesDir);
  const tagged = await contentTags(options.names ?? catalogue.keys(), catalogue);
  const present = await presentImages(engine);
  return new Map(
    [...tagged].map(([name, image]) => [name, { tag: image.tag, present: present.has(image.tag) }]),
  );
}

/** Image id by tag, of every image under `hadrill/`. */
async function presentImages(engine: Engine): Promise<Map<string, string>> {
  const images = await engine.docker.listImages({ filters: { reference: ['hadrill/*'] } });
  return new Map(images.flatMap((image) => (image.RepoTags ?? []).map((tag) => [tag, image.Id] as const)));
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

async function buildAll(
  engine: Engine,
  missing: Set<string>,
  tagged: Map<string, TaggedImage>,
  options: EnsureOptions,
): Promise<void> {
  const { onProgress } = options;
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const limit = pLimit(PARALLEL_BUILDS);
  const needsDebian = [...missing].some((name) => tagged.get(name)!.parent === undefined);
  const debian = needsDebian ? await debianBase(engine, { onProgress, signal }) : undefined;
  const started = new Map<string, Promise<void>>();
  const build = (image: TaggedImage): Promise<void> => {
    const running = started.get(image.name) ?? buildOne(image);
    started.set(image.name, running);
    return running;
  };
  const buildOne = async (image: TaggedImage): Promise<void> => {
    const parent = image.parent === undefined ? undefined : tagged.get(image.parent)!;
    if (parent && missing.has(parent.name)) await build(parent);
    await limit(async () => {
      signal.throwIfAborted();
      const base = { base: parent?.tag, debian: parent ? undefined : debian };
      await buildImage(engine, image, { ...base, onProgress, signal });
      const id = (await findImage(engine, image.tag))!.Id;
      await moveLatest(engine, { name: image.name, tag: image.tag, id }, new Map());
    });
  };
  const results = [...missing].map((name) =>
    build(tagged.get(name)!).catch((error: unknown) => {
      // The first failure ends the other builds; theirs would only say that they were ended.
      failed.abort(error);
      throw error;
    }),
  );
  await Promise.allSettled(results);
  signal.throwIfAborted();
}

async function moveLatest(
  engine: Engine,
  image: { name: string; tag: string; id: string },
  present: Map<string, string>,
): Promise<void> {
  if (present.get(`hadrill/${image.name}:latest`) === image.id) return;
  await engine.docker.getImage(image.tag).tag({ repo: `hadrill/${image.name}`, tag: 'latest' });
}
