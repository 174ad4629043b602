import { copyFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { rebuildJournal } from '../../../harness/analysis/rebuild-journal.ts';
import { InputError } from '../../../harness/ground/errors.ts';
import { gzip } from '../../../harness/ground/gzip.ts';
import type { TrialFacts } from '../../../harness/journal/trial-facts.ts';
import { changeFacts, copyOfRun } from './run-copy.ts';

/** Compresses every record of the run but the facts, as a drill does with large ones. */
async function compressedRun(): Promise<string> {
  const folder = await copyOfRun();
  for (const trial of ['trial-1', 'trial-2', 'trial-3']) {
    for (const name of await readdir(path.join(folder, trial))) {
      if (name !== 'facts.json') await compress(path.join(folder, trial, name));
    }
    await changeFacts(folder, trial, compressedNames);
  }
  return folder;
}

async function compress(file: string): Promise<void> {
  await writeFile(`${file}.gz`, gzip(await readFile(file)));
  await rm(file);
}

function compressedNames({ captures }: TrialFacts): Pick<TrialFacts, 'captures'> {
  return { captures: captures.map((one) => ({ ...one, file: `${one.file}.gz` })) };
}

test('compressed records say the same', async () => {
  expect(await rebuildJournal(await compressedRun())).toEqual(await rebuildJournal(await copyOfRun()));
});

test('whether a file is compressed does not depend on what the facts call it', async () => {
  const folder = await copyOfRun();
  const before = await rebuildJournal(folder);
  await changeFacts(folder, 'trial-1', compressedNames);
  await compress(path.join(folder, 'trial-2/inside.pcap'));
  expect(await rebuildJournal(folder)).toEqual(before);
});

test.each(['trial-2/udp.csv.gz', 'trial-2/inside.pcap.gz'])(
  '%s is cut, or is something else',
  async (name) => {
    const folder = await compressedRun();
    const file = path.join(folder, name);
    await truncate(file, (await readFile(file)).length - 9);
    const read = rebuildJournal(folder);
    await expect(read).rejects.toThrow(InputError);
    await expect(read).rejects.toThrow(`${name} is cut, or is not a gzip file`);
    await writeFile(file, 'x');
    await expect(rebuildJournal(folder)).rejects.toThrow(`${name} is cut, or is not a gzip file`);
  },
);

test('what a compressed capture holds is cut', async () => {
  const folder = await compressedRun();
  const file = path.join(folder, 'trial-2/inside.pcap.gz');
  await writeFile(file, gzip(gunzipSync(await readFile(file)).subarray(0, -5)));
  await expect(rebuildJournal(folder)).rejects.toThrow('inside.pcap.gz is cut: its last packet is not whole');
});

test('a record that is there twice is refused: the two may differ', async () => {
  const folder = await copyOfRun();
  const file = path.join(folder, 'trial-2/udp.csv');
  await copyFile(file, `${file}.gz`);
  const read = rebuildJournal(folder);
  await expect(read).rejects.toThrow(InputError);
  await expect(read).rejects.toThrow('trial-2/udp.csv is there twice');
});
