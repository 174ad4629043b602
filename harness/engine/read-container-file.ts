import path from 'node:path';
import type { Readable } from 'node:stream';
import { EnvironmentError, InputError, messageOf } from '../ground/errors.ts';
import { withDeadline } from '../ground/wait.ts';
import { apiMessage, apiStatus } from './api-status.ts';
import type { Engine } from './connect.ts';

const TIMEOUT_MS = 30_000;
/** As the kernel (path_resolution(7)). */
const MOST_LINKS = 40;

/** The first entry of an archive. */
type Entry =
  | { kind: 'file'; content: Buffer }
  | { kind: 'link'; to: string }
  | { kind: 'other'; type: string };

/**
 * Reads a file out of a container by the engine's own copying (`docker cp`), which starts nothing in it and resolves every
 * path within it. Links are followed within the container as well.
 * @param max_bytes a longer file is refused, and not read to its end.
 * @returns undefined where there is no such file.
 * @throws InputError for what is not a regular file; EnvironmentError when the engine can't.
 */
export async function readContainerFile(
  { docker }: Engine,
  container: string,
  file: string,
  max_bytes: number,
): Promise<Buffer | undefined> {
  const where = (at: string) => `${at} of container '${container}'`;
  let at = path.posix.normalize(file);
  for (let links = 0; links < MOST_LINKS; links += 1) {
    let entry: Entry;
    try {
      const archive = (await docker.getContainer(container).getArchive({ path: at })) as unknown as Readable;
      entry = await withDeadline(
        `the engine to read ${where(at)}`,
        TIMEOUT_MS,
        firstEntry(archive, max_bytes),
      );
    } catch (error) {
      if (apiStatus(error) === 404) return undefined;
      if (error instanceof RangeError) throw new InputError(`${where(at)} ${error.message}`);
      throw apiStatus(error) === undefined
        ? error
        : new EnvironmentError(`${where(at)} can't be read: ${apiMessage(error)}`, { cause: error });
    }
    if (entry.kind === 'file') return entry.content;
    if (entry.kind === 'other') throw new InputError(`${where(at)} is not a file but a ${entry.type}`);
    at = path.posix.resolve(path.posix.dirname(at), entry.to);
  }
  throw new InputError(`${where(file)} has more than ${MOST_LINKS} links on its way`);
}

async function firstEntry(archive: Readable, max_bytes: number): Promise<Entry> {
  const { extract } = await import('tar-stream');
  const entries = extract();
  archive.on('error', (error) => entries.destroy(error));
  archive.pipe(entries);
  try {
    for await (const entry of entries) {
      const { type, linkname, size = 0 } = entry.header;
      if (type === 'symlink') return { kind: 'link', to: linkname ?? '' };
      if (type !== 'file' && type !== 'contiguous-file') return { kind: 'other', type: String(type) };
      if (size > max_bytes) throw new RangeError(`has ${size} bytes; ${max_bytes} at most are read`);
      const pieces: Buffer[] = [];
      for await (const piece of entry) pieces.push(piece as Buffer);
      return { kind: 'file', content: Buffer.concat(pieces) };
    }
    throw new EnvironmentError('the engine sent an archive without an entry');
  } catch (error) {
    if (error instanceof RangeError || error instanceof EnvironmentError) throw error;
    throw new EnvironmentError(`the engine's archive can't be read: ${messageOf(error)}`, { cause: error });
  } finally {
    archive.destroy();
    entries.destroy();
  }
}
