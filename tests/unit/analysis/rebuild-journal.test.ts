import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { rebuildJournal } from '../../../harness/analysis/rebuild-journal.ts';
import { InputError } from '../../../harness/ground/errors.ts';
import type { Journal } from '../../../harness/journal/journal.ts';
import type { RunFacts } from '../../../harness/journal/run-facts.ts';
import { changeFacts, copyOfRun, RUN, readJson } from './run-copy.ts';

describe('rebuildJournal', () => {
  test('gives the numbers, the judgement and the words that the run wrote', async () => {
    const written = await readJson<Journal>(RUN, 'journal.json');
    // What JSON keeps of it: a field that is undefined is none.
    expect(JSON.parse(JSON.stringify(await rebuildJournal(RUN)))).toEqual(written);
    expect(written.trials.map(({ verdict, records }) => [records, verdict])).toEqual([
      ['trial-2', 'pass'],
      ['trial-3', 'fail'],
    ]);
    expect(written.repeated.map(({ verdict, records }) => [records, verdict])).toEqual([
      ['trial-1', 'unknown'],
    ]);
  });

  test('looks at nothing but the facts, the captures and the probes’ records', async () => {
    const folder = await copyOfRun();
    const before = await rebuildJournal(folder);
    await rm(path.join(folder, 'journal.json'));
    await rm(path.join(folder, 'events.jsonl'));
    await writeFile(path.join(folder, 'notes.txt'), 'of somebody who looked at it');
    expect(await rebuildJournal(folder)).toEqual(before);
  });

  test('judges by what run.json expects', async () => {
    const folder = await copyOfRun();
    const run = await readJson<RunFacts>(folder, 'run.json');
    const expect_ = run.expect.map((one) =>
      one.metric === 'tcp.survived_ratio' ? { ...one, op: '>=', value: 0.5 } : one,
    );
    await writeFile(path.join(folder, 'run.json'), JSON.stringify({ ...run, expect: expect_ }));
    const journal = await rebuildJournal(folder);
    expect([journal.verdict, ...journal.trials.map(({ verdict }) => verdict)]).toEqual([
      'pass',
      'pass',
      'pass',
    ]);
  });

  test('of a trial that was made again the last attempt counts, by number and not by name', async () => {
    const folder = await copyOfRun();
    for (const [at, name] of ['trial-1', 'trial-2', 'trial-3'].entries()) {
      await changeFacts(folder, name, () => ({ index: at === 2 ? 2 : 1 }));
    }
    await rename(path.join(folder, 'trial-2'), path.join(folder, 'trial-10'));
    const { trials, repeated } = await rebuildJournal(folder);
    expect(trials.map(({ index, records }) => [index, records])).toEqual([
      [1, 'trial-10'],
      [2, 'trial-3'],
    ]);
    expect(repeated.map(({ records }) => records)).toEqual(['trial-1']);
  });
});

/** The message of the one problem that the run's records have. */
async function refusal(folder: string): Promise<string> {
  const error = await rebuildJournal(folder).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

test('an attempt that was interrupted before its facts were written is left out', async () => {
  const folder = await copyOfRun();
  await rm(path.join(folder, 'trial-3/facts.json'));
  const { trials, repeated } = await rebuildJournal(folder);
  expect(trials.map(({ records }) => records)).toEqual(['trial-2']);
  expect(repeated.map(({ records }) => records)).toEqual(['trial-1']);
});

describe('a run whose records are not whole', () => {
  test.each([
    ['run.json', 'the folder has no run.json, so it is not that of a run'],
    ['trial-2/facts.json', 'the folder has no facts.json'],
    ['trial-2/udp.csv', "trial-2: the trial has no record 'udp.csv'"],
    ['trial-2/tcp-client.json', "trial-2: the trial has no record 'tcp-client.json'"],
    ['trial-2/tcp-server.json', "trial-2: the trial has no record 'tcp-server.json'"],
    ['trial-3/inside.pcap', 'inside.pcap'],
  ])('%s is missing', async (name, words) => {
    const folder = await copyOfRun();
    await rm(path.join(folder, name));
    const message = await refusal(folder);
    expect(message).toContain(words);
    expect(message).toContain(path.join(folder, path.dirname(name)));
  });

  test.each([
    ['run.json', 'run.json:'],
    ['trial-2/facts.json', 'is not JSON'],
    ['trial-2/udp.csv', "trial-2: the record 'udp.csv' is cut: its last line has no end"],
    ['trial-2/tcp-client.json', "trial-2: the record 'tcp-client.json' is not JSON"],
    ['trial-2/tcp-server.json', "trial-2: the record 'tcp-server.json' is not JSON"],
    ['trial-3/inside.pcap', 'inside.pcap is cut: its last packet is not whole'],
    ['trial-1/ha.pcap', 'ha.pcap is cut'],
  ])('%s is cut', async (name, words) => {
    const folder = await copyOfRun();
    const file = path.join(folder, name);
    await truncate(file, (await readFile(file)).length - 5);
    expect(await refusal(folder)).toContain(words);
  });

  test.each([
    [
      'run.json',
      '{"schema": "hadrill.trial/1"}',
      `the schema must be 'hadrill.run/1', this is "hadrill.trial/1"`,
    ],
    ['run.json', '{"schema": "hadrill.run/1"}', "missing field 'drill'"],
    ['trial-2/facts.json', '{"schema": "hadrill.trial/0"}', "the schema must be 'hadrill.trial/1'"],
    ['trial-2/facts.json', '[]', 'it names none'],
    ['trial-2/udp.csv', '', "trial-2: the record 'udp.csv': these are not UDP probe records"],
    ['trial-2/udp.csv', 'a;b\n1;2\n', "trial-2: the record 'udp.csv': these are not UDP probe records"],
    ['trial-2/udp.csv', 'seq,sent_ns,echoed_ns,received_ns\n0,1,x,2\n', "'udp.csv': line 2"],
    [
      'trial-2/tcp-client.json',
      '{}',
      "trial-2: the record 'tcp-client.json' is not a record of TCP sessions: sessions:",
    ],
    [
      'trial-2/tcp-server.json',
      '{"sessions":[{"id":1}]}',
      "'tcp-server.json' is not a record of TCP sessions: sessions.0.",
    ],
    [
      'trial-3/outside.pcap',
      'no capture, but long enough for a header',
      'outside.pcap: offset 0: no pcap file',
    ],
  ])('%s is something else: %s', async (name, content, words) => {
    const folder = await copyOfRun();
    await writeFile(path.join(folder, name), content);
    expect(await refusal(folder)).toContain(words);
  });

  test('a probe of a kind that is not known here', async () => {
    const folder = await copyOfRun();
    const text = await readFile(path.join(folder, 'run.json'), 'utf8');
    await writeFile(path.join(folder, 'run.json'), text.replace('"kind": "udp"', '"kind": "sctp"'));
    expect(await refusal(folder)).toContain("probe 'udp' is of kind 'sctp', which is not known here");
  });

  test('there is no such folder', async () => {
    expect(await refusal('/nowhere/at/all')).toBe(
      "/nowhere/at/all/run.json: there is no folder '/nowhere/at/all'",
    );
  });
});
