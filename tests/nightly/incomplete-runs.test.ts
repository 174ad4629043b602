import { readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import type { Journal } from '../../harness/journal/journal.ts';
import { readJournal } from '../../harness/journal/read-journal.ts';
import { RunResults } from '../support/folder.ts';
import { type HadrillProcess, hadrill, startHadrill } from '../support/hadrill.ts';
import { drillFile, expectNothingLeft, waitNothingLeft } from '../support/labs.ts';

const REAPED_WITHIN_MS = 30_000;

function start({ out }: RunResults, drill: string, trials: number): HadrillProcess {
  const args = ['run', drillFile(drill), '--seed', '1', '--trials', String(trials), '--json', '--out', out];
  return startHadrill(args);
}

async function journalIn(results: RunResults): Promise<Journal> {
  return readJournal(path.join((await results.folder())!, 'journal.json'));
}

describe('trials that were asked for and not made are on record', () => {
  test.each(['quick-crash', 'breached'])('interrupted in the second of three, %s', async (drill) => {
    const results = await RunResults.create();
    const command = start(results, drill, 3);
    await command.said(/^trial 2 of 3$/m);
    command.signal('SIGINT');
    const { code, stderr } = await command.ended;
    expect(code, stderr).toBe(130);
    const folder = (await results.folder())!;
    expect(stderr).toContain(`1 of 3 trials are on record in ${folder}`);
    const journal = await journalIn(results);
    expect(journal).toMatchObject({ trials_asked: 3, ended_early: 'interrupted' });
    expect(journal.trials).toHaveLength(1);
    // What failed stays failed; what was measured does not stand for what was not.
    expect(journal.verdict).toBe(journal.trials[0]!.verdict === 'fail' ? 'fail' : 'unknown');
    const text = (await hadrill(['report', folder])).stdout;
    expect(text).toContain('1 of 3 trials, interrupted');
    expect(text).toContain('not made: the run was interrupted');
    await rm(path.join(folder, 'journal.json'));
    expect((await hadrill(['report', folder])).stdout, 'made again').toBe(text);
  });

  test('killed in the second of three', async () => {
    const results = await RunResults.create();
    const command = start(results, 'quick-crash', 3);
    await command.said(/^trial 2 of 3$/m);
    command.signal('SIGKILL');
    await command.ended;
    const journal = await journalIn(results);
    expect(journal.trials_asked).toBe(3);
    expect(journal.verdict).not.toBe('pass');
    expect((await hadrill(['report', (await results.folder())!])).stdout).toContain('1 of 3 trials,');
    await waitNothingLeft(await results.lab(), REAPED_WITHIN_MS);
  });
});

describe('a results folder that is gone is noticed at once: healed, no success', () => {
  test.each([
    { when: 'in steady state', drill: 'long-steady', at: /^trial 1 of 1$/m },
    { when: 'while a router is down', drill: 'quick-crash', at: /^trial 1: crash of host:node\d/m },
  ])('removed $when', async ({ drill, at }) => {
    const results = await RunResults.create();
    const command = start(results, drill, 1);
    await command.said(at);
    const lab = await results.lab();
    const folder = (await results.folder())!;
    await rm(results.out, { recursive: true, force: true });
    const { code, stdout, stderr } = await command.ended;
    expect(code, stderr).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain(
      `hadrill: the run's folder ${folder} is gone: it was removed or moved during the run`,
    );
    await expectNothingLeft(lab);
    await expect(readFile(folder), 'nothing is put in its place').rejects.toThrow('ENOENT');
  });

  test('moved away while the lab is built', async () => {
    const results = await RunResults.create();
    const command = start(results, 'quick-crash', 1);
    await command.said(/^building lab /m);
    const lab = await results.lab();
    const folder = (await results.folder())!;
    await rename(folder, `${results.out}-away`);
    onTestFinished(() => rm(`${results.out}-away`, { recursive: true }));
    const { code, stderr } = await command.ended;
    expect(code, stderr).toBe(3);
    expect(stderr).toContain(`hadrill: the run's folder ${folder} is gone`);
    await expectNothingLeft(lab);
  });
});

test('a disk that is full: an honest message, healed, no success', async (context) => {
  const results = await RunResults.create();
  const mounted = await execa('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', results.out], {
    reject: false,
  });
  context.skip(mounted.exitCode !== 0, `no small disk can be made: ${mounted.stderr}`);
  onTestFinished(async () => void (await execa('umount', ['-l', results.out])));
  const command = start(results, 'quick-crash', 2);
  const lab = await waitUntil({
    what: 'the run to begin',
    timeout_ms: 60_000,
    check: () => results.lab().catch(() => undefined),
  });
  const { code, stdout, stderr } = await command.ended;
  expect(code, stderr).toBe(3);
  expect(stdout).toBe('');
  const folder = await results.folder();
  expect(stderr).toContain(`hadrill: the run's records can't be written to ${folder}: ENOSPC`);
  expect(stderr).toMatch(/^what to do: free room on that disk/m);
  await expectNothingLeft(lab);
});
