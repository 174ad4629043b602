import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import type { Pack } from 'tar-stream';
import type { Engine } from '../engine/connect.ts';
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
  for (const bind of binds) await addTree(archive, bind.source, bind.target.replace(/^\/+/, ''));
  archive.finalize();
  await upload;
}

async function addTree(archive: Pack, source: string, target: string): Promise<void> {
  const info = await stat(source);
  if (!info.isDirectory()) {
    archive.entry(
      { name: target, mode: info.mode & 0o777 },
      readRegularFile(source, { max_bytes: MAX_COPIED_BYTES }),
    );
    return;
  }
  archive.entry({ name: `${target}/`, type: 'directory', mode: info.mode & 0o777 });
  for (const name of await readdir(source)) {
    await addTree(archive, path.join(source, name), `${target}/${name}`);
  }
}
