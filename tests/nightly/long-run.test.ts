import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { RunFolder } from '../../harness/drill/run-folder.ts';
import { TrialLog } from '../../harness/drill/trial-log.ts';
import type { Journal } from '../../harness/journal/journal.ts';
import type { RunFacts } from '../../harness/journal/run-facts.ts';
import { growthOf, heldBytes } from '../support/growth.ts';
import { REPOSITORY } from '../support/hadrill.ts';
import { trialOf } from '../support/many-trials.ts';

const TRIALS = 10_000;
const RUN = path.join(REPOSITORY, 'tests/fixtures/run');
const MIB = 1024 * 1024;

const read = async <T>(name: string) => JSON.parse(await readFile(path.join(RUN, name), 'utf8')) as T;

describe(`${TRIALS} trials in one run`, () => {
  let folder: RunFolder;
  let after: (() => Promise<void>) | undefined;

  afterAll(() => after?.());

  beforeAll(async () => {
    const run = await read<RunFacts>('run.json');
    const patterns = (await read<Journal>('journal.json')).trials;
    const out = await mkdtemp(path.join(tmpdir(), 'hadrill-test-'));
    after = () => rm(out, { recursive: true });
    folder = RunFolder.create(out, 'long', new Date(), 1);
    folder.writeJson('run.json', run);
    const log = new TrialLog(folder, run, 0);
    const held: number[] = [];
    for (let index = 1; index <= TRIALS; index += 1) {
      log.add(log.begin(), trialOf(index, patterns), false);
      if (index % 500 === 0) held.push(heldBytes());
    }
    log.catchUp();
    folder.close();
    console.log(
      'held after each 500 trials, in MiB:',
      held.map((bytes) => Math.round(bytes / MIB)).join(' '),
    );
    // Nothing of a trial stays: 10,000 of them once held 200 MiB.
    expect(growthOf(held) / 500).toBeLessThan(1000);
  }, 600_000);

  test.each(['text', 'md', 'json'])('the report as %s', { timeout: 300_000 }, async (format) => {
    const command = execa(
      process.execPath,
      ['harness/cli/bin.js', 'report', folder.path, '--format', format],
      {
        cwd: REPOSITORY,
        stripFinalNewline: false,
        maxBuffer: 1024 * MIB,
      },
    );
    onTestFinished(() => void command.kill());
    let most = 0;
    const looking = setInterval(async () => {
      const status = await readFile(`/proc/${command.pid}/status`, 'utf8').catch(() => '');
      most = Math.max(most, Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
    }, 50);
    onTestFinished(() => clearInterval(looking));
    const began = performance.now();
    const { stdout } = await command;
    console.log(
      `${format}: ${Math.round(performance.now() - began)} ms, ${Math.round(most)} MiB at most, ${stdout.length} characters`,
    );
    expect(most).toBeLessThan(1500);
    if (format === 'json') expect((JSON.parse(stdout) as Journal).trials).toHaveLength(TRIALS);
    else {
      expect(stdout.split('\n').length).toBeLessThan(200);
      expect(stdout).toContain('10000 trials');
    }
  });
});
