import pLimit from 'p-limit';
import { buildImage } from './build-image.ts';
import type { Engine } from './connect.ts';
import type { TaggedImage } from './content-tag.ts';
import { debianBase } from './debian-base.ts';
import { findImage } from './find-image.ts';
import type { OnProgress } from './follow-progress.ts';
import { moveLatest } from './move-latest.ts';

const PARALLEL_BUILDS = 2;

/** Builds images, parents first, two at a time. */
export async function buildMissing(
  engine: Engine,
  missing: Set<string>,
  tagged: Map<string, TaggedImage>,
  options: { onProgress?: OnProgress | undefined; signal?: AbortSignal | undefined },
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
