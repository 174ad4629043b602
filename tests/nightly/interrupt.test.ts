import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import {
  afterTheFault,
  expectHealed,
  expectReaped,
  inSteadyState,
  startRun,
  whileHealing,
  whileNodesAreMade,
} from '../support/interrupted-runs.ts';
import { expectNothingLeft } from '../support/labs.ts';
import { skipIfStarved } from '../support/skip-starved.ts';

describe('a run that is asked to stop heals, removes its lab and ends with 130', () => {
  test('SIGINT in steady state', () => expectHealed('long-steady', inSteadyState, 'SIGINT'));
  test('SIGINT right after the fault', () => expectHealed('quick-crash', afterTheFault, 'SIGINT'));
  test('SIGINT while healing', () => expectHealed('quick-crash', whileHealing, 'SIGINT'));
});

test('a run that is killed while building is cleaned up after by its fabric', () =>
  expectReaped(whileNodesAreMade));

test('two runs at once: each has its own lab and verdict, and both leave nothing', async (context) => {
  const runs = await Promise.all([startRun('quick-crash'), startRun('breached')]);
  const ended = await Promise.all(runs.map(({ command }) => command.ended));
  const labs = await Promise.all(runs.map(({ results }) => results.lab()));
  expect(new Set(labs).size).toBe(2);
  for (const lab of labs) await expectNothingLeft(lab);
  for (const { code, stderr } of ended) expect([0, 1, 4], stderr).toContain(code);
  const journals = ended.map(({ stdout }) => JSON.parse(stdout) as Journal);
  for (const [at, { results }] of runs.entries()) {
    const file = path.join((await results.folder())!, 'journal.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(journals[at]);
  }
  const codes = ended.map(({ code }) => code);
  expect(journals.map(({ verdict }) => ({ pass: 0, fail: 1, unknown: 4 })[verdict])).toEqual(codes);
  skipIfStarved(
    context,
    'one of the drills',
    journals.flatMap(({ trials }) => trials),
  );
  expect(codes, ended.map(({ stderr }) => stderr).join('\n')).toEqual([0, 1]);
});
