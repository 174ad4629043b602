import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DrillFault, RandomFaults } from '../../../harness/drill/drill.ts';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { faultsOfTrial } from '../../../harness/drill/random-faults.ts';
import { planReport } from '../../../harness/report/plan.ts';
import { drillWith, problems } from './drill-texts.ts';

const FAULTS: DrillFault[] = ['crash', 'hang', 'cut'].map((kind, entry) => ({
  ...{ kind, target: 'r1', options: {}, entry, after_ms: 0 },
}));
const RANDOM: RandomFaults = {
  count: 3,
  pause_ms: { low: 500, high: 1500 },
  each: [{ weight: 8, for_ms: { low: 1000, high: 2000 } }, { weight: 1 }, { weight: 1 }],
};
const drawn = (seed: number, index: number, change: Partial<RandomFaults> = {}) =>
  faultsOfTrial({ faults: FAULTS, random: { ...RANDOM, ...change } }, { seed, drill: 'own/random' }, index);
const isWithin = (value: number, low: number, high: number) => value >= low && value <= high;

describe('random faults', () => {
  test('are the same for the same seed, drill and trial, and others else', () => {
    expect(drawn(7, 1)).toEqual(drawn(7, 1));
    const all = Array.from({ length: 20 }, (_, at) => JSON.stringify(drawn(7, at + 1)));
    expect(new Set(all).size).toBeGreaterThan(15);
    expect(drawn(8, 1)).not.toEqual(drawn(7, 1));
  });

  test('keep to their weights, pauses and times', () => {
    const all = Array.from({ length: 1000 }, (_, at) => drawn(3, at + 1, { count: 1 })[0]!);
    const crashes = all.filter(({ kind }) => kind === 'crash').length;
    // 800 expected, standard deviation 12.6.
    expect(Math.abs(crashes - 800)).toBeLessThan(65);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 500 }), (seed, index) => {
        const [first, ...later] = drawn(seed, index);
        expect(first!.after_ms).toBe(0);
        for (const { after_ms } of later) expect(isWithin(after_ms, 500, 1500)).toBe(true);
        for (const { kind, heal_ms } of [first!, ...later])
          expect(kind === 'crash' ? isWithin(heal_ms!, 1000, 2000) : heal_ms === undefined).toBe(true);
      }),
    );
  });

  test('never are twice in effect: what lasts to the end is drawn once', () => {
    const each = FAULTS.map(() => ({ weight: 1 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const entries = drawn(seed, 1, { count: 5, each }).map(({ entry }) => entry);
        expect(entries.toSorted()).toEqual([0, 1, 2]);
      }),
    );
  });

  test('a drill lists them, and its plan says what each trial breaks', async () => {
    const loaded = await loadDrill(
      await drillWith(
        'random:',
        '  count: 2',
        '  pause: [500ms, 2s]',
        '  faults:',
        '    - { kind: crash, target: "host:master(router)", weight: 2, for: 3s }',
        '    - { kind: cut, target: "r1:ha", for: [1s, 2s] }',
      ),
    );
    expect(loaded.drill.random).toEqual({
      count: 2,
      pause_ms: { low: 500, high: 2000 },
      each: [
        { weight: 2, for_ms: { low: 3000, high: 3000 } },
        { weight: 1, for_ms: { low: 1000, high: 2000 } },
      ],
    });
    const { text, plan } = planReport(loaded, { trials: 30, seed: 1 });
    expect(plan.trial_faults).toHaveLength(30);
    expect(plan.trial_faults![0]!.map(({ heal_ms }) => heal_ms! >= 1000)).toEqual([true, true]);
    expect(text).toContain('2 of 2 drawn for each trial, by the seed');
    expect(text).toContain('and 10 more trials');
    expect(text).toMatch(/crash of host:master\(router\) \(host:node1 \(r1\) or\s+host:node2 \(r2\)\)/);
  });

  test.each([
    ['a range upside down', ['  pause: [2s, 1s]'], /the shorter time first/],
    ['no weight', [], /^3:\d+ 'weight'/, 'weight: 0'],
  ])('%s is refused', async (_what, lines, message, more = 'for: 1s') => {
    expect(
      await problems('random:', ...lines, '  faults:', `    - { kind: crash, target: r1, ${more} }`),
    ).toEqual([expect.stringMatching(message)]);
  });

  test('what is drawn from is checked, with its place', async () => {
    expect(
      await problems(
        'random:',
        '  faults:',
        '    - { kind: crash, target: r1 }',
        '    - { kind: crash, target: r9 }',
      ),
    ).toEqual([expect.stringMatching(/^4:30 unknown node 'r9'/)]);
  });
});
