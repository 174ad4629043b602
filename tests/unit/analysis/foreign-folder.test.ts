import { execFileSync } from 'node:child_process';
import { cp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rebuildJournal } from '../../../harness/analysis/rebuild-journal.ts';
import { openTrial } from '../../../harness/analysis/trial-folder.ts';
import { InputError } from '../../../harness/ground/errors.ts';
import { freshFolder } from '../../support/folder.ts';
import { REPOSITORY } from '../../support/hadrill.ts';

async function copyOfRun(): Promise<string> {
  const folder = path.join(await freshFolder(), 'run');
  await cp(path.join(REPOSITORY, 'tests/fixtures/run'), folder, { recursive: true });
  return folder;
}

test('what no probe asks for is not opened: a pipe, a device, a file too large', async () => {
  const folder = await copyOfRun();
  const trial = path.join(folder, 'trial-1');
  execFileSync('mkfifo', [path.join(trial, 'pipe.csv')]);
  await symlink('/dev/zero', path.join(trial, 'zero.csv'));
  await writeFile(path.join(trial, 'stray.pcap'), '');
  await truncate(path.join(trial, 'stray.pcap'), 1.5 * 2 ** 30);
  expect((await rebuildJournal(folder)).trials).toHaveLength(2);
});

test.each(['udp.csv', 'inside.pcap', 'facts.json'])(
  'a pipe or a link in place of %s is refused',
  async (name) => {
    const folder = await copyOfRun();
    const file = path.join(folder, 'trial-1', name);
    await rm(file);
    execFileSync('mkfifo', [file]);
    await expect(rebuildJournal(folder)).rejects.toThrow(/pipe or socket, not a file/);
    await rm(file);
    await symlink('/etc/passwd', file);
    await expect(rebuildJournal(folder)).rejects.toThrow(/is a symbolic link: give the file itself/);
    await expect(rebuildJournal(folder)).rejects.toThrow(InputError);
  },
);

test('a record that has the name of something else is still only a record', async () => {
  const folder = await copyOfRun();
  const { probes } = await openTrial(path.join(folder, 'trial-1'));
  expect(probes.constructor).toBeUndefined();
});
