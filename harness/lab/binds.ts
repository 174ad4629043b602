import type { Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import type { Pack } from 'tar-stream';
import type { Engine } from '../engine/connect.ts';
import { InputError, messageOf } from '../ground/errors.ts';
import { MIB, readRegularFile } from '../ground/read-regular-file.ts';
import type { Bind } from '../topology/topology.ts';

/** Of one file that is copied to an engine elsewhere. */
const MAX_COPIED_BYTES = 256 * MIB;

/**
 * Whether the engine sees this machine's files. `HADRILL_BINDS=copy` says that it does not
 * (an engine behind a forwarded socket).
 */
export function bindsAreMountable(engine: Engine): boolean {
  return engine.info.local && process.env.HADRILL_BINDS !== 'copy';
}

/** Docker's own form of the binds, for an engine on this machine. */
export function mountableBinds(binds: readonly Bind[]): string[] {
  return binds.map((bind) => `${bind.source}:${bind.target}${bind.read_only ? ':ro' : ''}`);
}

/** Copies what the binds name into a created container: for an engine that can't see this machine's files. */
export async function copyBinds(container: Docker.Container, binds: readonly Bind[]): Promise<void> {
  if (binds.length === 0) return;
  const { pack } = await import('tar-stream');
  const archive = pack();
  const upload = container.putArchive(archive as unknown as NodeJS.ReadableStream, { path: '/' });
  try {
    await packBinds(archive, binds);
  } catch (error) {
    archive.destroy();
    await upload.catch(() => undefined);
    throw error;
  }
  archive.finalize();
  await upload;
}

/**
 * Puts what the binds name into an archive, links followed.
 * @throws InputError with the place of what is not a file or folder, or leads back into a folder that it is in.
 */
export async function packBinds(archive: Pack, binds: readonly Bind[]): Promise<void> {
  for (const bind of binds) await addTree(archive, bind.source, bind.target.replace(/^\/+/, ''));
}

/** @param above real paths of the folders that it is in: a link back to one of them would never end. */
async function addTree(
  archive: Pack,
  source: string,
  target: string,
  above: readonly string[] = [],
): Promise<void> {
  const info = await statOf(source);
  if (!info.isDirectory()) {
    archive.entry(
      { name: target, mode: info.mode & 0o777 },
      readRegularFile(source, { max_bytes: MAX_COPIED_BYTES }),
    );
    return;
  }
  archive.entry({ name: `${target}/`, type: 'directory', mode: info.mode & 0o777 });
  const real = await realpath(source);
  if (above.includes(real)) {
    throw copyProblem(source, `is a link to '${real}', a folder that it is in: its copy would never end`);
  }
  for (const name of await readdir(source)) {
    await addTree(archive, path.join(source, name), `${target}/${name}`, [...above, real]);
  }
}

async function statOf(source: string): Promise<Stats> {
  try {
    return await stat(source);
  } catch (error) {
    throw copyProblem(source, `cannot be copied into a node: ${messageOf(error)}`);
  }
}

function copyProblem(file: string, message: string): InputError {
  return new InputError([{ message: `${message}; take it out of the folder`, position: { file } }]);
}
