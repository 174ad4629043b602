import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Journal, Trial } from '../../harness/journal/journal.ts';
import type { Comparison } from '../../harness/report/compare/comparison.ts';
import { RunResults } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import { drillFile } from '../support/labs.ts';
import { noOwnEngine, OwnEngine } from '../support/own-engine.ts';

const IMAGES = ['fabric', 'endpoint', 'router'];
const TRIALS = 12;
const TIMEOUT_MS = 1_200_000;
const WHAT = ['run', drillFile('quick-crash'), '--trials', String(TRIALS), '--seed', '11', '--json'];
/** Trials of two labs on one small machine may be starved. */
const MADE = [0, 4];
/** Of chance alone one comparison in a thousand shows that much. */
const CHANCE = 0.001;
/** Of twelve parts of the pause, 0.1 s: a machine that is busy is late by so much. */
const PHASE_MS = 17;

const a = new OwnEngine();
const b = new OwnEngine();

/** What decides a trial, in the order of the journal. */
const plannedOf = ({ seed, drill, profile, trials }: Journal) => ({
  ...{ seed, drill, profile },
  trials: trials.map(({ index, faults }) => ({
    index,
    faults: faults.map(({ kind, target }) => `${kind} ${target}`),
  })),
});

/** Where in the interval between adverts the fault fell, as it was measured: undefined where that is not known. */
const phaseOf = ({ bounds }: Trial) => bounds['udp.outage_ms']?.at_phase;

describe.skipIf(noOwnEngine)(noOwnEngine ?? 'twelve trials on one engine, and over two', () => {
  beforeAll(() => Promise.all([a, b].map((engine) => engine.begin(IMAGES))), TIMEOUT_MS);
  afterAll(() => Promise.all([a, b].map((engine) => engine.end())), TIMEOUT_MS);

  test('have one plan, and show no difference', { timeout: TIMEOUT_MS }, async (context) => {
    const run = async (engines: string) => {
      const { out } = await RunResults.create();
      const done = await hadrill([...WHAT, '--engines', engines, '--out', out], { timeout_ms: TIMEOUT_MS });
      expect(MADE, done.stderr).toContain(done.code);
      return { out, journal: JSON.parse(done.stdout) as Journal };
    };
    const one = await run(`a=unix://${a.socket}`);
    const two = await run(`a=unix://${a.socket},b=unix://${b.socket}`);
    expect(plannedOf(two.journal)).toEqual(plannedOf(one.journal));
    expect(new Set(two.journal.trials.map(({ engine }) => engine)).size).toBe(2);
    // One that was made again falls elsewhere in its part of the pause.
    const late_ms = one.journal.trials.flatMap((trial, at) => {
      const [first, second] = [phaseOf(trial), phaseOf(two.journal.trials[at]!)];
      return first === undefined || second === undefined ? [] : [Math.abs(first - second)];
    });
    console.log(`phases apart by ${late_ms.map((ms) => ms.toFixed(1)).join(', ')} ms`);
    if (late_ms.length === 0) context.skip('the machine has starved every trial on one side');
    expect(late_ms.toSorted((x, y) => x - y)[Math.floor(late_ms.length / 2)]).toBeLessThan(PHASE_MS);

    const compared = await hadrill(['compare', one.out, two.out, '--json']);
    const { metrics } = JSON.parse(compared.stdout) as Comparison;
    const shown = metrics.filter(({ word }) => word === 'worse' || word === 'better');
    console.log(metrics.map(({ metric, word, shift }) => `${metric}: ${word} p ${shift?.p}`).join('\n'));
    expect(shown.filter(({ shift }) => shift!.p < CHANCE)).toEqual([]);
  });
});
