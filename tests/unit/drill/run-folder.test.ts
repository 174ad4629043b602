import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RunFolder } from '../../../harness/drill/run-folder.ts';
import { EnvironmentError } from '../../../harness/ground/errors.ts';
import { waitUntil } from '../../../harness/ground/wait.ts';
import { freshFolder } from '../../support/folder.ts';

const AT = new Date('2026-03-04T05:06:07Z');

async function create(out?: string): Promise<RunFolder> {
  const folder = RunFolder.create(out ?? (await freshFolder()), 'l3/node-crash', AT, 7);
  onTestFinished(() => folder.close());
  return folder;
}

test('two runs of one drill with one seed, in the same second, each have a folder', async () => {
  const out = await freshFolder();
  const [first, second] = [await create(out), await create(out)];
  expect(path.relative(out, first.path)).toBe('l3-node-crash/20260304T050607Z-7');
  expect(second.path).toBe(`${first.path}-2`);
  first.writeJson('journal.json', { of: 'first' });
  second.writeJson('journal.json', { of: 'second' });
  expect(await readFile(path.join(first.path, 'journal.json'), 'utf8')).toContain('first');
});

describe('a folder that is not there any more', () => {
  test.each([
    { what: 'removed', how: (folder: string) => rm(folder, { recursive: true }) },
    { what: 'moved', how: (folder: string) => rename(folder, `${folder}-away`) },
  ])('$what: nothing is written elsewhere, and nobody has to write to notice', async ({ how }) => {
    const folder = await create();
    expect(folder.isLost()).toBe(false);
    await how(folder.path);
    await waitUntil({ what: 'the loss', timeout_ms: 4000, check: () => folder.lost.aborted });
    expect(folder.lost.reason).toBeInstanceOf(EnvironmentError);
    const work = [
      () => folder.note('apply'),
      () => folder.writeJson('journal.json', {}),
      () => folder.writeRecord('trial-1/udp.csv', ''),
    ];
    for (const write of work) expect(write).toThrow(`the run's folder ${folder.path} is gone`);
    await expect(readFile(path.join(folder.path, 'journal.json'))).rejects.toThrow('ENOENT');
  });
});

test('after a write that failed no other is tried', async () => {
  const folder = await create();
  folder.writeRecord('trial-1', 'a file where a folder is wanted');
  expect(() => folder.writeRecord('trial-1/udp.csv', '')).toThrow("records can't be written");
  expect(folder.lost.aborted).toBe(true);
  expect(() => folder.writeJson('journal.json', {})).toThrow("records can't be written");
});
