import { describe, expect, test } from 'vitest';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { planReport } from '../../../harness/report/plan.ts';
import { drillWith, problems } from './drill-texts.ts';

const load = async (...lines: string[]) => loadDrill(await drillWith(...lines));

describe('a schedule of faults', () => {
  test('is in order of time, each fault with its own', async () => {
    const loaded = await load(
      'faults:',
      '  - { kind: crash, target: r1, for: 4s }',
      '  - { kind: cut, target: "r2:ha", at: 1s, for: 200ms, every: 1s, times: 3 }',
      '  - { kind: kill, target: r2/keepalived, at: 1500ms }',
    );
    expect(
      loaded.drill.faults.map(({ kind, at_ms, heal_ms, entry }) => [kind, at_ms, heal_ms, entry]),
    ).toEqual([
      ['crash', 0, 4000, 0],
      ['cut', 1000, 200, 1],
      ['kill', 1500, undefined, 2],
      ['cut', 2000, 200, 1],
      ['cut', 3000, 200, 1],
    ]);
    const { text, plan } = planReport(loaded, { trials: 2, seed: 1 });
    expect(text).toContain('at 1.5 s: kill of r2/keepalived\n');
    expect(text).toContain('at 2 s: cut of r2:ha, healed 200 ms later');
    expect(plan.at_least_ms).toBe(2 * (1000 + 4000 + 1000 + 5000));
  });

  test('a time of 0 s is at once with the first', async () => {
    const { drill } = await load(
      'faults:',
      '  - { kind: crash, target: r1 }',
      '  - { kind: cut, target: "r2:ha", at: 0s }',
    );
    expect(drill.faults.map(({ at_ms }) => at_ms)).toEqual([0, 0]);
  });

  test('a list without times follows one after the other; `heal` is an older name of `for`', async () => {
    const { drill } = await load(
      'faults:',
      '  - { kind: crash, target: r1, heal: 4s }',
      '  - { kind: crash, target: r2, for: 3s }',
    );
    expect(drill.faults).toEqual([
      { kind: 'crash', target: 'r1', options: {}, entry: 0, after_ms: 0, heal_ms: 4000 },
      { kind: 'crash', target: 'r2', options: {}, entry: 1, after_ms: 1000, heal_ms: 3000 },
    ]);
  });

  test.each([
    [
      'both names of the same',
      ['  - { kind: crash, target: r1, for: 1s, heal: 1s }'],
      /^2:41 'heal' is an older name of 'for'/,
    ],
    [
      'a pause among times',
      ['  - { kind: crash, target: r1 }', '  - { kind: crash, target: r2, after: 1s, at: 1s }'],
      /^3:32 'after' has no meaning in a schedule/,
    ],
    [
      'one without its time',
      [
        '  - { kind: crash, target: r1 }',
        '  - { kind: crash, target: r2, at: 1s }',
        '  - { kind: kill, target: r2/x }',
      ],
      /^4:5 missing key 'at'/,
    ],
    [
      'no beginning',
      ['  - { kind: crash, target: r1, at: 1s }'],
      /^2:32 a schedule begins with a fault at 0s/,
    ],
    ['times alone', ['  - { kind: crash, target: r1, times: 2 }'], /'times' needs 'every'/],
    ['every alone', ['  - { kind: crash, target: r1, every: 2s }'], /'every' needs 'times'/],
    ['no end', ['  - { kind: crash, target: r1, every: 2s, times: 2 }'], /'every' needs 'for'/],
    [
      'longer than its period',
      ['  - { kind: crash, target: r1, every: 2s, times: 2, for: 2s }'],
      /it lasts 2000 ms, and cannot be applied again every 2000 ms/,
    ],
    [
      'the same twice at once',
      ['  - { kind: crash, target: r1, for: 3s }', '  - { kind: crash, target: r1, at: 2s }'],
      /^3:5 crash of r1 is due at 2000 ms, and is still in effect since 0 ms/,
    ],
    [
      'too many',
      [
        '  - { kind: crash, target: r1, every: 2s, times: 20, for: 1s }',
        '  - { kind: kill, target: r2/x, at: 1s }',
      ],
      /^2:5 a trial has 20 faults at most; with 'every' there are 21/,
    ],
  ])('%s is refused', async (_what, lines, message) => {
    expect(await problems('faults:', ...lines)).toEqual([expect.stringMatching(message)]);
  });
});
