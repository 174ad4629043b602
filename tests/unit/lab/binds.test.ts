import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { packBinds } from '../../../harness/lab/binds.ts';
import { freshFolder } from '../../support/folder.ts';

/** Packs a folder into nothing. */
function copied(source: string): Promise<void> {
  const archive = pack();
  archive.resume();
  return packBinds(archive, [{ source, target: '/etc/x', read_only: true }]);
}

async function folderWith(make: (folder: string) => Promise<unknown> | unknown): Promise<string> {
  const folder = path.join(await freshFolder(), 'conf');
  await mkdir(path.join(folder, 'deep'), { recursive: true });
  await writeFile(path.join(folder, 'deep/file'), 'x');
  await make(folder);
  return folder;
}

test('a folder is copied, also one that is linked twice', async () => {
  await copied(
    await folderWith(async (folder) => {
      await symlink('deep', path.join(folder, 'one'));
      await symlink('deep', path.join(folder, 'two'));
      await symlink('deep/file', path.join(folder, 'linked'));
    }),
  );
});

test.each([
  ['a link to the folder itself', 'deep/up', '..', /deep\/up: is a link to '.*conf', a folder that it is in/],
  ['a link to itself', 'self', 'self', /self: cannot be copied into a node: ELOOP/],
  ['a link that leads nowhere', 'gone', 'nowhere', /gone: cannot be copied into a node: ENOENT/],
  ['a device', 'zero', '/dev/zero', /zero: is a device, pipe or socket/],
])('%s in it is refused where it is', async (_, name, to, message) => {
  const folder = await folderWith((where) => symlink(to, path.join(where, name)));
  await expect(copied(folder)).rejects.toThrow(InputError);
  await expect(copied(folder)).rejects.toThrow(message);
});

test('two folders that link to each other, and a pipe', async () => {
  const folder = await folderWith(async (where) => {
    await mkdir(path.join(where, 'other'));
    await symlink('../other', path.join(where, 'deep/other'));
    await symlink('../deep', path.join(where, 'other/deep'));
  });
  await expect(copied(folder)).rejects.toThrow(/a folder that it is in: its copy would never end/);
  const pipes = await folderWith((where) => void execFileSync('mkfifo', [path.join(where, 'pipe')]));
  await expect(copied(pipes)).rejects.toThrow(/is a device, pipe or socket/);
});
