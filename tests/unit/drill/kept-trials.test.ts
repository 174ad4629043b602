import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { journalOfResults } from '../../../harness/analysis/assemble-journal.ts';
import { jsonText } from '../../../harness/ground/json-text.ts';
import type { Journal } from '../../../harness/journal/journal.ts';
import { journalPieces } from '../../../harness/journal/journal-text.ts';
import { withChanges } from '../../../harness/journal/kept-trial.ts';
import { readJournal } from '../../../harness/journal/read-journal.ts';
import { readLargeJournal } from '../../../harness/journal/read-large-journal.ts';
import type { RunFacts } from '../../../harness/journal/run-facts.ts';
import { readTrialResults, resultKeeper } from '../../../harness/journal/trial-results.ts';
import { formats } from '../../../harness/report/formats.ts';
import { journalJson, wholeJournal } from '../../../harness/report/journal-json.ts';
import { freshFolder } from '../../support/folder.ts';
import { writeShards } from '../../support/many-trials.ts';

/** The same journal twice: of trials in memory, and of trials whose long parts are on file. */
async function both(): Promise<{ held: Journal; kept: Journal; folder: string; file: string }> {
  const [folder] = writeShards(await freshFolder(), 210, 1);
  const run = JSON.parse(readFileSync(path.join(folder!, 'run.json'), 'utf8')) as RunFacts;
  const file = path.join(folder!, 'trials.jsonl');
  const held = journalOfResults(run, readTrialResults(file));
  const kept = journalOfResults(run, readTrialResults(file, resultKeeper([file], 0)));
  return { held, kept, folder: folder!, file };
}

/** A page without the journal that it has in it. */
const withoutData = (page: string) => page.replaceAll(/base64,[^"]*/g, '');

test('a journal says the same, wherever the long parts of its trials are', async () => {
  const { held, kept } = await both();
  expect(held.trials[0]).not.toHaveProperty('toJSON');
  expect(kept.trials[0]).toHaveProperty('toJSON');
  expect(wholeJournal(kept)).toEqual(held);
  const written = (journal: Journal) => JSON.parse([...journalPieces(journal)].join(''));
  expect(written(kept)).toEqual(written(held));
  for (const { name, render } of formats.values()) {
    const text = (journal: Journal) => [...render(journal, { colour: false })].join('');
    // Only the order of the fields of a trial may be another one.
    if (name === 'json') expect(JSON.parse(text(kept))).toEqual(JSON.parse(text(held)));
    else expect(withoutData(text(kept)), name).toBe(withoutData(text(held)));
  }
});

test('a large journal is read line by line, and is the same', async () => {
  const { held, folder } = await both();
  const file = path.join(folder, 'journal.json');
  const { trials, ...rest } = held;
  const journal = { ...rest, trials: trials.slice(1), repeated: [trials[0]!] };
  for (const piece of journalPieces(journal)) appendFileSync(file, piece);
  const read = readLargeJournal(file, 0);
  expect(read.trials[5]).toHaveProperty('toJSON');
  expect(wholeJournal(read)).toEqual(await readJournal(file));
});

test('JSON in pieces is the text that it is as a whole', async () => {
  const { held, kept } = await both();
  const journal: Journal = { ...held, scale: ['a\u202eb', 'password: secret-word'], repeated: [] };
  expect([...journalJson(journal)].join('')).toBe(jsonText(journal));
  expect(JSON.parse([...journalJson(kept)].join(''))).toEqual(JSON.parse(jsonText(held)));
});

test('changes of a trial that is on file are those of one in memory; the file need not have them', async () => {
  const { held, kept } = await both();
  const changes = { machine: 'lab9', records_dropped: undefined, reason: 'because' };
  const [one, other] = [withChanges(held.trials[3]!, changes), withChanges(kept.trials[3]!, changes)];
  expect(JSON.parse(JSON.stringify(other))).toEqual(one);
  expect(other).toMatchObject({ machine: 'lab9', reason: 'because', timeline: one.timeline });
  expect(other.records_dropped).toBeUndefined();
  expect(kept.trials[3]!.machine).toBeUndefined();
});

test('a line that is no trial is named', async () => {
  const { held, folder, kept, file } = await both();
  const journal = path.join(folder, 'journal.json');
  const lines = [...journalPieces(held)].join('').split('\n');
  const at = lines.indexOf('  "trials": [');
  const written = (line: string) => writeFileSync(journal, lines.with(at + 2, line).join('\n'));
  written('    {"index": 2},');
  expect(() => readLargeJournal(journal, 0)).toThrow(
    new RegExp(`journal.json:${at + 3}.*missing field`, 's'),
  );
  written('    {"index": ');
  expect(() => readLargeJournal(journal, 0)).toThrow(/journal.json:\d+.*not JSON/s);
  appendFileSync(file, '\n');
  expect(() => kept.trials[9]!.timeline).toThrow(/trials.jsonl.*was changed while it was read/s);
});
