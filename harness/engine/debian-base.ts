import { EnvironmentError } from '../ground/errors.ts';
import type { Engine } from './connect.ts';
import { debootstrapImage } from './debootstrap.ts';
import { findImage } from './find-image.ts';
import type { OnProgress } from './follow-progress.ts';
import { DEBIAN_RELEASE } from './image-catalogue.ts';
import { pullImage } from './pull-image.ts';

export interface DebianOptions {
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
  /** HADRILL_DEBIAN: `registry`, `debootstrap` or an image name; the environment's unless given. */
  wish?: string | undefined;
  /** What a Debian made by debootstrap is called; another name is for tests. */
  importedImage?: string;
}

/** The registry's image, as small as Debian makes it. */
export const REGISTRY_DEBIAN = `debian:${DEBIAN_RELEASE}-slim`;
/** What debootstrap makes for engines that reach no registry. */
export const IMPORTED_DEBIAN = `hadrill/debian:${DEBIAN_RELEASE}`;

const PULL_TIMEOUT_MS = 60_000;

/** A way to a Debian image: undefined when it worked, else why not. */
interface Way {
  image: string;
  what: string;
  go: () => Promise<string | undefined>;
}

/**
 * The image that hadrill's own images start from: what the engine has already, else the registry's
 * (60 s), else one made by debootstrap. HADRILL_DEBIAN chooses one way.
 * @returns an image name that the engine has.
 * @throws EnvironmentError listing every way that was tried and why it failed.
 */
export async function debianBase(engine: Engine, options: DebianOptions = {}): Promise<string> {
  const ways = waysFor(engine, options);
  for (const way of ways) if (await findImage(engine, way.image)) return way.image;
  const failures: string[] = [];
  for (const way of ways) {
    const failure = await way.go();
    if (failure === undefined && (await findImage(engine, way.image))) return way.image;
    failures.push(`  ${way.what}: ${failure ?? 'it ended well, but the image is not there'}`);
  }
  throw new EnvironmentError(`no Debian ${DEBIAN_RELEASE} to build images on:\n${failures.join('\n')}`, {
    remedy:
      'let the engine reach a registry, or install debootstrap and run `npm run setup` as root, or set HADRILL_DEBIAN to an image that the engine has',
  });
}

function waysFor(engine: Engine, options: DebianOptions): Way[] {
  const wish = options.wish ?? process.env.HADRILL_DEBIAN ?? '';
  const bootstrap = bootstrapWay(engine, options);
  if (wish === '') return [pullWay(engine, REGISTRY_DEBIAN, options), bootstrap];
  if (wish === 'registry') return [pullWay(engine, REGISTRY_DEBIAN, options)];
  return wish === 'debootstrap' ? [bootstrap] : [pullWay(engine, wish, options)];
}

function pullWay(engine: Engine, image: string, options: DebianOptions): Way {
  const { onProgress, signal } = options;
  const go = async () =>
    (await pullImage(engine, image, { onProgress, signal, timeout_ms: PULL_TIMEOUT_MS }))?.reason;
  return { image, what: `pulling ${image}`, go };
}

function bootstrapWay(engine: Engine, options: DebianOptions): Way {
  const image = options.importedImage ?? IMPORTED_DEBIAN;
  const { onProgress, signal } = options;
  const go = () => debootstrapImage(engine, { release: DEBIAN_RELEASE, image, onProgress, signal });
  return { image, what: 'debootstrap', go };
}
