import { expect, test } from 'vitest';
import type { Journal } from '../../harness/journal/journal.ts';
import { freshFolder } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { labOfRun } from '../support/lab-of-run.ts';
import { drillFile, expectNothingLeft } from '../support/labs.ts';

const TIMEOUT_MS = 300_000;
/** Of the drills or of the machine: a starved trial is not known. */
const MADE = [0, 1, 4];

test(
  'drills with the same topology and variables are made in one lab, others in one of their own',
  async () => {
    const drills = [drillFile('quick-crash'), drillFile('breached'), 'l3/node-crash'];
    const made = async (...options: string[]) => {
      const out = await freshFolder();
      const args = ['run', ...drills, '--seed', '7', '--json', '--quiet', '--out', out, ...options];
      const done = await hadrill(args, { timeout_ms: TIMEOUT_MS });
      expect(MADE, done.stderr).toContain(done.code);
      const journals = JSON.parse(done.stdout) as Journal[];
      return { journals, labs: await Promise.all(journals.map(({ drill }) => labOfRun(out, drill))) };
    };
    const shared = await made('--one-lab');
    expect(shared.journals.map(({ trials }) => trials.length)).toEqual([1, 1, 1]);
    expect(shared.labs[1], 'the second drill has the lab of the first').toBe(shared.labs[0]);
    expect(shared.labs[2], 'other variables, another lab').not.toBe(shared.labs[0]);
    for (const lab of shared.labs) await expectNothingLeft(lab);
    const apart = await made();
    expect(new Set(apart.labs).size).toBe(3);
    // What is asked of a drill does not depend on the lab.
    for (const [at, { expectations }] of shared.journals.entries())
      expect(apart.journals[at]!.expectations.map(({ metric }) => metric)).toEqual(
        expectations.map(({ metric }) => metric),
      );
  },
  2 * TIMEOUT_MS,
);
