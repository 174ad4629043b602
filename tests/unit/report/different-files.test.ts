import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { filesDigest } from '../../../harness/ground/files-digest.ts';
import type { Journal } from '../../../harness/journal/journal.ts';
import { compareRuns } from '../../../harness/report/compare/comparison.ts';
import { freshFolder } from '../../support/folder.ts';
import { crashTrial, journalOf } from './journals.ts';

const SALT = '00'.repeat(16);

/** A run whose files were these, in a folder of its own: name to content. */
async function made(files: Record<string, string>, apart = true): Promise<Journal> {
  const folder = await freshFolder();
  await mkdir(`${folder}/r1`);
  for (const [name, text] of Object.entries(files)) await writeFile(`${folder}/${name}`, text);
  const { each, ...digest } = filesDigest(
    Object.keys(files).map((name) => `${folder}/${name}`),
    SALT,
  );
  const command = {
    drill: `${folder}/a.drill.yml`,
    out: folder,
    environment: {},
    files: { ...digest, ...(apart && each ? { each } : {}) },
  };
  return { ...journalOf([crashTrial(1, 3300)], { topology: `${folder}/lab.clab.yml` }), command };
}

const differences = (base: Journal, now: Journal) => {
  const side = (journal: Journal) => ({ folder: '/r', journal, probes: undefined });
  return compareRuns(side(base), side(now)).differences.filter((one) => one.includes('file'));
};

const FILES = { 'a.drill.yml': 'drill', 'lab.clab.yml': 'lab', 'r1/keepalived.conf': 'conf' };

test('files of two runs that differ are named, wherever their folders are', async () => {
  const base = await made(FILES);
  expect(differences(base, await made(FILES))).toEqual([]);
  const changed = await made({ ...FILES, 'r1/keepalived.conf': 'other', 'more.yml': 'more' });
  expect(differences(base, changed)).toEqual([
    'file with other content: r1/keepalived.conf',
    'file only in the new run: more.yml',
  ]);
  expect(differences(changed, base)).toContain('file only in the base: more.yml');
});

test('of a run whose files were not told apart it is known that they differ', async () => {
  const old = await made(FILES, false);
  expect(differences(old, await made(FILES))).toEqual([]);
  expect(differences(old, await made({ ...FILES, 'a.drill.yml': 'other' }))).toEqual([
    'the files of the drill or of its topology',
  ]);
});
