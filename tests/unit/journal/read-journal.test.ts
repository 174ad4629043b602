import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { InputError } from '../../../harness/ground/errors.ts';
import type { Journal } from '../../../harness/journal/journal.ts';
import type { journalSchema } from '../../../harness/journal/journal-schema.ts';
import { readJournal } from '../../../harness/journal/read-journal.ts';
import { crashTrial, journalOf, unknownTrial } from '../report/journals.ts';

const top = await mkdtemp(path.join(tmpdir(), 'journal-test-'));
let folder = top;
let file = '';
let count = 0;
beforeEach(async () => {
  folder = path.join(top, String(count++));
  file = path.join(folder, 'journal.json');
  await mkdir(folder);
});
afterAll(() => rm(top, { recursive: true }));

async function problemsOf(content?: unknown): Promise<string[]> {
  if (content !== undefined)
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  try {
    await readJournal(file);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.exitCode).toBe(2);
    return error.problems.map(({ message, position }) => {
      expect(position?.file).toBe(file);
      return message;
    });
  }
  return [];
}

const good = journalOf([crashTrial(1, 3300), unknownTrial(2, 'no answer')], { repeated: [crashTrial(2, 1)] });

describe('readJournal', () => {
  it('gives back what a run has written', async () => {
    await writeFile(file, JSON.stringify(good));
    expect(await readJournal(file)).toEqual(good);
  });

  it('has a schema that says the same as the types', () => {
    expectTypeOf<z.output<typeof journalSchema>>().toEqualTypeOf<Journal>();
  });

  it('reads a journal without repetitions', async () => {
    const { repeated: _, ...rest } = good;
    await writeFile(file, JSON.stringify(rest));
    expect((await readJournal(file)).repeated).toEqual([]);
  });

  it('says that there is no folder, or that it is none', async () => {
    await rm(folder, { recursive: true });
    expect(await problemsOf()).toEqual([`there is no folder '${folder}'`]);
    await writeFile(folder, '');
    expect(await problemsOf()).toEqual([`'${folder}' is not a folder; give the folder of one run`]);
  });

  it('says that a folder is not that of a run, and names runs below it', async () => {
    expect(await problemsOf()).toEqual(['the folder has no journal.json, so it is not that of a run']);
    for (const run of ['20260102T000000Z-1', '20260304T000000Z-2']) {
      await mkdir(path.join(folder, 'l3-node-crash', run), { recursive: true });
      await writeFile(path.join(folder, 'l3-node-crash', run, 'journal.json'), '{}');
    }
    expect((await problemsOf())[0]).toMatch(
      /below it there are runs: \S+20260304T000000Z-2, \S+20260102T000000Z-1$/,
    );
  });

  it.each([
    ['not JSON', '{"schema": ', /^is not JSON: /],
    ['no mapping', [], /must be 'hadrill\.journal\/1', it names none$/],
    ['nothing', null, /must be 'hadrill\.journal\/1', it names none$/],
    [
      'another version',
      { schema: 'hadrill.journal/2' },
      /must be 'hadrill\.journal\/1', this is "hadrill\.journal\/2"$/,
    ],
  ])('refuses %s', async (_, content, message) => {
    const problems = await problemsOf(content);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it.each<[string, (journal: Journal) => unknown, string]>([
    ['a missing field', ({ drill: _, ...rest }) => rest, "missing field 'drill': expected string"],
    [
      'a metric that is text',
      (journal) => ({ ...journal, trials: [crashTrial(1, 'long' as unknown as number)] }),
      `wrong field 'trials[0].metrics["udp.outage_ms"]': expected number, found "long"`,
    ],
    [
      'a verdict that is none',
      (journal) => ({ ...journal, trials: [{ ...crashTrial(1, 1), verdict: 'good' }] }),
      `wrong field 'trials[0].verdict': expected one of "pass"|"fail"|"unknown", found "good"`,
    ],
    [
      'a mapping in place of a list',
      (journal) => ({ ...journal, trials: {} }),
      "wrong field 'trials': expected array, found a mapping",
    ],
    [
      'an empty place',
      (journal) => ({ ...journal, seed: null }),
      "wrong field 'seed': expected number, found null",
    ],
  ])('names %s', async (_, change, message) => {
    expect(await problemsOf(change(good))).toEqual([message]);
  });

  it('stops counting when everything is wrong', async () => {
    const problems = await problemsOf({ ...good, trials: Array.from({ length: 9 }, () => ({})) });
    expect(problems).toHaveLength(11);
    expect(problems.at(-1)).toBe('and 44 more of the kind');
  });
});
