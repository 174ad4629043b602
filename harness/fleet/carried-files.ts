import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { InputError } from '../ground/errors.ts';
import { packFiles } from './folder-archive.ts';

/** What a config of a swarm may hold (Docker, `swarmkit/manager/controlapi/config.go`: 500 KiB). */
const MOST_BYTES = 500 * 1024;
/** Of the node's own kernel and devices: they are not files of a drill. */
const MACHINES = ['/proc', '/sys', '/dev'];

/**
 * Files and folders as an archive that a task unpacks at the same absolute paths: all that refers to them stays as it is.
 * @throws InputError when there is too much of it, or it is the machine's own.
 */
export async function carriedFiles(paths: readonly string[]): Promise<Buffer> {
  const foreign = paths.filter((one) => MACHINES.some((top) => one === top || one.startsWith(`${top}/`)));
  if (foreign.length > 0)
    throw new InputError(
      `${foreign.join(', ')} cannot be brought to other machines: it is of this machine's kernel`,
    );
  const files = new Set<string>();
  for (const one of paths) for (const file of await filesIn(one)) files.add(file);
  const bytes = await packFiles('/', [...files].sort());
  if (bytes.length <= MOST_BYTES) return bytes;
  throw new InputError(
    `the files of the drill (${files.size}) are too large for a swarm: compressed ${Math.ceil(bytes.length / 1024)} KiB, ` +
      'and a config has at most 500 KiB; build an image on hadrill/harness that has them',
  );
}

async function filesIn(one: string): Promise<string[]> {
  if (!(await stat(one)).isDirectory()) return [one];
  const entries = await readdir(one, { recursive: true, withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const full = path.join(entry.parentPath, entry.name);
      return (await stat(full)).isFile() ? [full] : [];
    }),
  );
  return found.flat();
}
