import { cp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { freshFolder } from '../support/folder.ts';
import { hadrill, REPOSITORY } from '../support/hadrill.ts';
import { refused } from '../support/refused.ts';

/** A run that was made once: no engine is needed to report it. */
async function copyOfRun(): Promise<string> {
  const folder = path.join(await freshFolder(), '20261122T184622Z-7');
  await cp(path.join(REPOSITORY, 'tests/fixtures/run'), folder, { recursive: true });
  return folder;
}

const report = (folder: string, ...more: string[]) => hadrill(['report', folder, ...more]);

describe('hadrill report', () => {
  test.each(['text', 'md'])('makes the journal again where it is gone: the same %s', async (format) => {
    const folder = await copyOfRun();
    const before = await report(folder, '--format', format);
    expect(before).toMatchObject({ code: 0, stderr: '' });
    expect(before.stdout).toContain('FAIL node-crash-small');

    await rm(path.join(folder, 'journal.json'));
    const after = await report(folder, '--format', format);
    expect(after).toMatchObject({ code: 0, stdout: before.stdout });
    expect(after.stderr).toContain(
      `${folder}/journal.json is gone: made again from the captures and the probes' records`,
    );
    // A report only reads.
    expect(await readdir(folder)).not.toContain('journal.json');
  });

  test('the journal that is made again has every number of the one that was there', async () => {
    const folder = await copyOfRun();
    const before: unknown = JSON.parse(await readFile(path.join(folder, 'journal.json'), 'utf8'));
    await rm(path.join(folder, 'journal.json'));
    const { code, stdout } = await report(folder, '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(before);
  });

  test('needs nothing but the journal', async () => {
    const folder = await copyOfRun();
    const { stdout } = await report(folder);
    for (const name of await readdir(folder)) {
      if (name !== 'journal.json') await rm(path.join(folder, name), { recursive: true });
    }
    expect(await report(folder)).toEqual({ code: 0, stdout, stderr: '' });
  });

  test('refuses a folder that has neither', async () => {
    const folder = await copyOfRun();
    await rm(path.join(folder, 'journal.json'));
    await rm(path.join(folder, 'run.json'));
    const { stderr } = await refused(['report', folder], 2);
    expect(stderr).toContain(
      `${folder}/journal.json: the folder has no journal.json, so it is not that of a run`,
    );
  });

  test('says that a run which left only its log of events is incomplete', async () => {
    const folder = await copyOfRun();
    for (const name of await readdir(folder)) {
      if (name !== 'events.jsonl') await rm(path.join(folder, name), { recursive: true });
    }
    const { stderr } = await refused(['report', folder], 2);
    expect(stderr).toContain(
      `${folder}: this run is incomplete: it ended before its lab was built, and 0 trials`,
    );
  });

  test('refuses to make a journal of records that are not whole, and names the record', async () => {
    const folder = await copyOfRun();
    await rm(path.join(folder, 'journal.json'));
    await rm(path.join(folder, 'trial-2/inside.pcap'));
    const done = await hadrill(['report', folder]);
    expect(done).toMatchObject({ code: 2, stdout: '' });
    expect(done.stderr).toContain(`${folder}/trial-2/inside.pcap`);
    expect(done.stderr).not.toContain('    at ');
  });
});
