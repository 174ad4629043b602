import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gunzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { UnknownError } from '../ground/errors.ts';

const unzip = promisify(gunzip);

/** All regular files of a folder, and of those below it, as a tar that gzip has compressed. */
export async function packFolder(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((one) => one.isFile()).map((one) => path.join(one.parentPath, one.name));
  return packFiles(folder, files);
}

/** These files, by their paths from a folder on, as a tar that gzip has compressed; a link as what it leads to. */
export async function packFiles(folder: string, files: readonly string[]): Promise<Buffer> {
  const tar = pack();
  const zipped = buffer(Readable.from(tar).pipe(createGzip()));
  for (const file of files) {
    const { size, mode } = await stat(file);
    const header = { name: path.relative(folder, file), size, mode: mode & 0o777 };
    await pipeline(createReadStream(file), tar.entry(header));
  }
  tar.finalize();
  return zipped;
}

/** Writes what was packed into a folder. @throws UnknownError for a name that leads out of it. */
export async function unpackFolder(bytes: Buffer, folder: string): Promise<void> {
  const entries = extract();
  entries.end(await unzip(bytes));
  const top = path.join(path.resolve(folder), path.sep);
  for await (const entry of entries) {
    const to = path.resolve(folder, entry.header.name);
    if (!to.startsWith(top))
      throw new UnknownError(`an archive has a file outside of its folder: ${entry.header.name}`);
    await mkdir(path.dirname(to), { recursive: true });
    await pipeline(entry, createWriteStream(to, { mode: entry.header.mode ?? 0o644 }));
  }
}
