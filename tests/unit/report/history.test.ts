import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Journal, Trial } from '../../../harness/journal/journal.ts';
import { findRuns } from '../../../harness/report/history/find-runs.ts';
import { historyReport } from '../../../harness/report/history/history-report.ts';
import { History } from '../../../harness/report/history/store.ts';
import { writeIndex } from '../../../harness/report/write-page.ts';
import { crashTrial, journalOf, unknownTrial } from './journals.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hadrill-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

function night(day: number, trials: Trial[], change: Partial<Journal> = {}, name = `night-${day}`): string {
  const run = path.join(folder, 'l3-node-crash', name);
  mkdirSync(run, { recursive: true });
  const started_at = `2026-03-0${day}T01:00:00.000000000Z`;
  writeFileSync(
    path.join(run, 'journal.json'),
    JSON.stringify({ ...journalOf(trials), started_at, ...change }),
  );
  return run;
}

const DATABASE = () => path.join(folder, 'history.sqlite');

describe('the runs of a folder', () => {
  test('are found oldest first, one that is there twice once; what is damaged is named', async () => {
    night(2, [crashTrial(1, 3200)]);
    night(1, [crashTrial(1, 3100)]);
    night(1, [crashTrial(1, 3100)], {}, 'copy');
    writeFileSync(path.join(night(3, []), 'journal.json'), '{"schema":');
    const { runs, skipped } = await findRuns(folder);
    expect(runs.map(({ started_at }) => started_at.slice(0, 10))).toEqual(['2026-03-01', '2026-03-02']);
    expect(skipped).toEqual([expect.stringMatching(/^skipped .*night-3\/journal\.json: .*is not JSON/)]);
  });
});

describe('the history', () => {
  test('takes a run in once, keeps it when its folder is gone, and knows what became of one that went on', async () => {
    night(1, [crashTrial(1, 3100)], { trials_asked: 2 });
    const store = History.open(DATABASE());
    expect(store.add((await findRuns(folder)).runs)).toBe(1);
    night(1, [crashTrial(1, 3100), crashTrial(2, 3200)], { trials_asked: 2 });
    expect(store.add((await findRuns(folder)).runs)).toBe(0);
    store.close();
    rmSync(path.join(folder, 'l3-node-crash'), { recursive: true });
    const again = History.open(DATABASE());
    expect(again.runsOf('l3/node-crash').runs).toMatchObject([{ trials: 2, trials_asked: 2, trusted: 2 }]);
    expect(again.runsOf('other')).toEqual({ runs: [], unreadable: 0 });
    again.close();
  });

  test('leaves out a record that is damaged, and says so', async () => {
    night(1, [crashTrial(1, 3100)]);
    night(2, [crashTrial(1, 3100)]);
    const store = History.open(DATABASE());
    store.add((await findRuns(folder)).runs);
    store.close();
    const database = new DatabaseSync(DATABASE());
    database.exec(`UPDATE runs SET record = '{' WHERE started_at LIKE '2026-03-01%'`);
    database.close();
    const again = History.open(DATABASE());
    expect(again.runsOf('l3/node-crash')).toMatchObject({ runs: [{}], unreadable: 1 });
    again.close();
  });

  test.each([
    ['no database', () => writeFileSync(DATABASE(), 'no database at all, '.repeat(100))],
    [
      'of another version',
      () => {
        const database = new DatabaseSync(DATABASE());
        database.exec('PRAGMA user_version = 9');
        database.close();
      },
    ],
  ])('that is %s is refused with what to do, and stays as it is', (_, make) => {
    make();
    const before = readFileSync(DATABASE());
    expect(() => History.open(DATABASE())).toThrow(
      /history\.sqlite: the history can't be used: .*move the file away/,
    );
    expect(readFileSync(DATABASE())).toEqual(before);
  });
});

describe('the report of a history', () => {
  const report = async (metrics?: string[]) =>
    historyReport('l3/node-crash', (await findRuns(folder)).runs, metrics);

  test('has each median with its error and what was allowed; what is not known stays so', async () => {
    night(1, [crashTrial(1, 3100), crashTrial(2, 3300)]);
    night(2, [unknownTrial(1, 'no answer')]);
    night(3, [crashTrial(1, 9000, 50, { lower_bounds: ['udp.outage_ms'] })], { trials_asked: 4 });
    const lines = (await report()).split('\n');
    expect(lines.find((line) => line.startsWith('2026-03-01'))).toContain(
      '3.20 s (3.10-3.30 s) ± 5.0 ms, of 2.80-3.80 s',
    );
    expect(lines.find((line) => line.startsWith('2026-03-02'))).toMatch(/UNKNOWN +0 of 1 count +not known/);
    expect(lines.find((line) => line.startsWith('2026-03-03'))).toMatch(
      /1 of 4 made, 1 count +at least 9\.00 s, of/,
    );
  });

  test('says when a daemon became another one', async () => {
    const environment = journalOf([]).environment;
    night(1, [crashTrial(1, 3100)]);
    night(2, [crashTrial(1, 3100)], { environment: { ...environment, versions: { keepalived: '2.3.4' } } });
    const text = await report();
    expect(text).toContain('2026-03-02 01:00: keepalived 2.3.3 -> 2.3.4');
    expect(text).toContain('2026-03-02 01:00: conntrackd 1.4.8 -> none');
  });
});

describe('the page over many runs', () => {
  test('has a row a drill, what failed first, with the share of trials that are unknown', async () => {
    const run = night(1, [crashTrial(1, 3100), unknownTrial(2, 'no')], { trials_asked: 4 });
    writeFileSync(path.join(run, 'report.html'), '');
    night(2, [crashTrial(1, 3100, 10)], { drill: 'other/drill' });
    const { file } = await writeIndex(folder);
    const page = readFileSync(file, 'utf8');
    expect(page.indexOf('other/drill')).toBeLessThan(page.indexOf('l3/node-crash'));
    expect(page).toContain('3 of 4 (75 %)');
    expect(page).toContain('<a href="./l3-node-crash/night-1/report.html">l3/node-crash</a>');
    expect(page).toContain('Drills: 2, runs: 2. Last time 0 passed, 1 failed, 1 were unknown.');
  });

  test('is not obeyed by what a folder or a drill is called', async () => {
    const run = night(
      1,
      [crashTrial(1, 3100)],
      { drill: '<script>alert(1)</script>' },
      `"><img src=x onerror='1'>`,
    );
    writeFileSync(path.join(run, 'report.html'), '');
    const page = readFileSync((await writeIndex(folder)).file, 'utf8');
    expect(page.match(/<script[\s>]/g)).toHaveLength(1);
    expect(page).not.toContain('<img');
    expect(page).toContain('&lt;script&gt;');
  });
});
