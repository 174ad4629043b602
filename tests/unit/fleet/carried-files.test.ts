import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { carriedFiles } from '../../../harness/fleet/carried-files.ts';
import { unpackFolder } from '../../../harness/fleet/folder-archive.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hadrill-carried-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('files and folders come to the same paths, links as what they lead to, programs as programs', async () => {
  const drill = path.join(dir, 'a/mine.drill.yml');
  await mkdir(path.join(dir, 'a/conf/more'), { recursive: true });
  await writeFile(drill, 'description: mine\n');
  await writeFile(path.join(dir, 'a/conf/more/notify'), '#!/bin/sh\n');
  await chmod(path.join(dir, 'a/conf/more/notify'), 0o755);
  await symlink('more/notify', path.join(dir, 'a/conf/link'));
  const bytes = await carriedFiles([drill, path.join(dir, 'a/conf'), drill]);
  const there = path.join(dir, 'there');
  await unpackFolder(bytes, there);
  expect(await readFile(path.join(there, drill), 'utf8')).toBe('description: mine\n');
  expect(await readFile(path.join(there, dir, 'a/conf/link'), 'utf8')).toBe('#!/bin/sh\n');
  expect((await stat(path.join(there, dir, 'a/conf/more/notify'))).mode & 0o111).toBe(0o111);
});

test('what is too large for a swarm, and what is of the kernel, is refused', async () => {
  const large = path.join(dir, 'large');
  await writeFile(large, randomBytes(600_000));
  await expect(carriedFiles([large])).rejects.toThrow(/\(1\) are too large for a swarm: compressed 58\d KiB/);
  await expect(carriedFiles(['/proc/version'])).rejects.toThrow(/cannot be brought to other machines/);
});
