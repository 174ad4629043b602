import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packFolder, unpackFolder } from '../../../harness/fleet/folder-archive.ts';

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'hadrill-archive-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('a folder comes out as it went in', async () => {
  await mkdir(path.join(dir, 'in/run/trial-1'), { recursive: true });
  const capture = Buffer.alloc(300_000, 7);
  await writeFile(path.join(dir, 'in/run/trial-1/a.pcap.gz'), capture);
  await writeFile(path.join(dir, 'in/run/journal.json'), '{}\n');
  await writeFile(path.join(dir, 'in/empty'), '');
  await unpackFolder(await packFolder(path.join(dir, 'in')), path.join(dir, 'out'));
  const names = await readdir(path.join(dir, 'out'), { recursive: true });
  expect(names.sort()).toEqual(['empty', 'run', 'run/journal.json', 'run/trial-1', 'run/trial-1/a.pcap.gz']);
  expect(await readFile(path.join(dir, 'out/run/trial-1/a.pcap.gz'))).toEqual(capture);
});

test('a file outside of the folder is refused', async () => {
  const tar = pack();
  tar.entry({ name: '../escaped' }, 'x');
  tar.finalize();
  const bytes = await buffer(tar.pipe(createGzip()));
  await expect(unpackFolder(bytes, path.join(dir, 'out'))).rejects.toThrow(/outside of its folder/);
  expect(await readdir(dir)).toEqual([]);
});
