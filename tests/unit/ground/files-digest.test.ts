import { execFileSync } from 'node:child_process';
import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { changedSince, filesDigest } from '../../../harness/ground/files-digest.ts';
import { freshFolder } from '../../support/folder.ts';

async function files(): Promise<{ one: string; folder: string; of(name: string): string }> {
  const root = await freshFolder();
  const of = (name: string) => path.join(root, name);
  await mkdir(of('conf/deep'), { recursive: true });
  await writeFile(of('one'), 'a');
  await writeFile(of('conf/deep/two'), 'b');
  await symlink('..', of('conf/deep/up'));
  execFileSync('mkfifo', [of('conf/pipe')]);
  return { one: of('one'), folder: of('conf'), of };
}

test('files are the same until one of them is edited, wherever it is in a folder', async () => {
  const { one, folder, of } = await files();
  const then = filesDigest([one, folder, one]);
  expect(then.paths).toEqual([one, folder]);
  expect(changedSince(then)).toBeUndefined();
  await utimes(one, new Date(0), new Date(0));
  expect(changedSince(then)).toBeUndefined();
  await writeFile(of('conf/deep/two'), 'c');
  expect(changedSince(then)).toBe('the files have changed since');
  await writeFile(of('conf/deep/two'), 'b');
  expect(changedSince(then)).toBeUndefined();
  await writeFile(of('conf/three'), '');
  expect(changedSince(then)).toBe('the files have changed since');
  await rm(of('conf/three'));
  await rm(one);
  expect(changedSince(then)).toBe(`${one} is gone`);
});

test('the same files have another digest in each run', async () => {
  const { one } = await files();
  expect(filesDigest([one]).digest).not.toBe(filesDigest([one]).digest);
});
