import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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

describe('many runs', () => {
  async function results(): Promise<string> {
    const folder = await freshFolder();
    await cp(path.join(REPOSITORY, 'tests/fixtures/run'), path.join(folder, 'small/night-1'), {
      recursive: true,
    });
    return folder;
  }

  test('a page over them is written into their folder', async () => {
    const folder = await results();
    const done = await hadrill(['report', '--index', folder]);
    expect(done).toEqual({ code: 0, stdout: `${folder}/index.html\n`, stderr: '' });
    expect(await readFile(path.join(folder, 'index.html'), 'utf8')).toContain('Drills: 1, runs: 1');
  });

  test('a history remembers them when they are gone', async () => {
    const folder = await results();
    const history = () => hadrill(['history', 'node-crash-small', '--results', folder]);
    const before = await history();
    expect(before).toMatchObject({ code: 0, stderr: '' });
    expect(before.stdout).toContain('node-crash-small: 1 run\n');
    await rm(path.join(folder, 'small'), { recursive: true });
    expect(await history()).toEqual(before);
  });

  test('a history without a drill is of every one, an issue of none that is worse', async () => {
    const folder = await results();
    const { code, stdout } = await hadrill(['history', '--results', folder]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('node-crash-small: 1 run\n')]);
    const issue = await hadrill(['history', '--results', folder, '--format', 'issue']);
    expect(issue).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('the first run is not known to be no worse', async () => {
    const check = ['history', 'node-crash-small', '--results', await results(), '--check'];
    expect(await hadrill(check)).toMatchObject({ code: 4 });
  });

  test.each([
    [['report'], /give either the folder of one run, or --index/],
    [['report', 'one', '--index', 'many'], /give either the folder of one run, or --index/],
    [['report', '--index', '/no/such'], /there is no folder '\/no\/such'/],
    [['history', 'other', '--results', '/no/such'], /there is no folder '\/no\/such'/],
    [['compare', '/no/such', '/no/such'], /there is no folder '\/no\/such'/],
    [['run', 'l3/node-crash', '--baseline', '/no/such'], /there is no folder '\/no\/such'/],
    [['history', 'other', '--format', 'jsn'], /there is no history format 'jsn'.*json/],
  ])('%j is refused', async (args, message) => {
    expect((await refused(args, 2)).stderr).toMatch(message);
  });

  test('a run is compared with another: of two trials each nothing is known', async () => {
    const [base, now] = [await results(), await results()];
    const done = await hadrill(['compare', base, now]);
    expect(done).toMatchObject({ code: 4, stderr: '' });
    expect(done.stdout).toMatch(/^UNKNOWN node-crash-small: udp\.outage_ms: too few trials/);
    const { code, stdout } = await hadrill(['compare', path.join(base, 'small/night-1'), now, '--json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([4, { schema: 'hadrill.comparison/1' }]);
  });

  test('a run with another probe is not compared', async () => {
    const [base, now] = [await results(), await results()];
    const file = path.join(now, 'small/night-1/run.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"interval": 5', '"interval": 20'));
    const { stderr } = await refused(['compare', base, now], 2);
    expect(stderr).toContain("can't be compared: interval of probe 'udp' is 5, and 20");
  });

  test('a drill without runs is refused, with those that there are', async () => {
    const { stderr } = await refused(['history', 'node-crash', '--results', await results()], 2);
    expect(stderr).toContain("there is no run of 'node-crash'; there are runs of node-crash-small");
  });
});
