import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFreshFolder } from '../../../harness/ground/fresh-folder.ts';

const MODULE = path.resolve(import.meta.dirname, '../../../harness/ground/fresh-folder.ts');

let out: string;

beforeEach(async () => {
  out = await mkdtemp(path.join(tmpdir(), 'hadrill-test-'));
});

afterEach(() => rm(out, { recursive: true, force: true }));

test('the first has the name, the next ones a number after it', () => {
  const wanted = path.join(out, 'a/b/20261122T184622Z-7');
  expect([1, 2, 3].map(() => makeFreshFolder(wanted))).toEqual([wanted, `${wanted}-2`, `${wanted}-3`]);
});

test('what stands in the way is not taken for a folder that is there', async () => {
  const file = path.join(out, 'taken');
  await writeFile(file, '');
  expect(() => makeFreshFolder(path.join(file, 'run'))).toThrow(/EEXIST|ENOTDIR/);
});

test('processes that ask at the same moment get folders of their own', { timeout: 30_000 }, async () => {
  const wanted = path.join(out, 'drill/run');
  const at_ms = Date.now() + 1500;
  const script = `
    const { makeFreshFolder } = await import(${JSON.stringify(MODULE)});
    while (Date.now() < ${at_ms});
    for (let one = 0; one < 20; one += 1) console.log(makeFreshFolder(${JSON.stringify(wanted)}));`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  const done = await Promise.all([1, 2, 3].map(run));
  const folders = done.flatMap(({ stdout }) => stdout.trim().split('\n'));
  expect(folders).toHaveLength(60);
  expect(new Set(folders).size).toBe(60);
  expect(await readdir(path.dirname(wanted))).toHaveLength(60);
});
