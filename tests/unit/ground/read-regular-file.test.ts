import { execFileSync } from 'node:child_process';
import { symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { codeOf, readRegularFile, readRegularText } from '../../../harness/ground/read-regular-file.ts';
import { freshFolder } from '../../support/folder.ts';

const LIMITS = { max_bytes: 1000 };

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as InputError).message;
  }
  throw new Error('it was read');
}

test('a regular file is read whole, an empty one too', async () => {
  const folder = await freshFolder();
  const file = path.join(folder, 'text');
  await writeFile(file, 'größe\n'.repeat(100));
  expect(readRegularText(file, LIMITS)).toBe('größe\n'.repeat(100));
  await writeFile(file, '');
  expect(readRegularFile(file, LIMITS)).toHaveLength(0);
});

test.each(['/dev/zero', '/dev/urandom', '/dev/null'])('the device %s is refused', (device) => {
  expect(refusalOf(() => readRegularFile(device, LIMITS))).toBe(
    `${device}: is a device, pipe or socket, not a file: give a regular file`,
  );
});

test('a pipe that nobody writes into is refused at once', async () => {
  const pipe = path.join(await freshFolder(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(refusalOf(() => readRegularFile(pipe, LIMITS))).toContain('not a file');
});

test.each(['/proc/kmsg', '/proc/self/environ'])('%s, which the kernel makes up, is refused', (file) => {
  expect(refusalOf(() => readRegularFile(file, LIMITS))).toContain('made up by the kernel');
});

test('more than the limit is refused, with the limit and without reading it', async () => {
  const file = path.join(await freshFolder(), 'huge');
  await writeFile(file, '');
  await truncate(file, 3 * 2 ** 40);
  expect(refusalOf(() => readRegularFile(file, { max_bytes: 4 * 1024 * 1024 }))).toMatch(
    /huge: is larger than 4 MiB, the most that is read/,
  );
});

test('a link is followed, unless it is in a folder that came from elsewhere', async () => {
  const folder = await freshFolder();
  await writeFile(path.join(folder, 'file'), 'text');
  await symlink('file', path.join(folder, 'link'));
  expect(readRegularText(path.join(folder, 'link'), LIMITS)).toBe('text');
  const refused = refusalOf(() => readRegularText(path.join(folder, 'link'), { ...LIMITS, no_link: true }));
  expect(refused).toContain('is a symbolic link');
});

test('what is not there has the code of its system call', async () => {
  const file = path.join(await freshFolder(), 'gone');
  try {
    readRegularFile(file, LIMITS);
    throw new Error('it was read');
  } catch (error) {
    expect(codeOf(error)).toBe('ENOENT');
  }
});
