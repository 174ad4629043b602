import { describe, expect, test } from 'vitest';
import type { Drill } from '../../../harness/drill/drill.ts';
import { replayedFaults, replayOf } from '../../../harness/drill/replay.ts';
import type { FaultRecord, Journal } from '../../../harness/journal/journal.ts';

const DRILL = {
  file: '/own/nemesis.drill.yml',
  faults: [
    { kind: 'crash', target: 'host:master(router)', options: {}, entry: 0, after_ms: 0 },
    { kind: 'cut', target: 'master(router):ha', options: { kind: 'frames' }, entry: 1, after_ms: 0 },
  ],
} as unknown as Drill;
const RECORD: FaultRecord = {
  kind: 'crash',
  target: 'host:master(router)',
  resolved: 'host:node2 (r2, c2)',
  applied_at: '2026-01-01T00:00:00.000000000Z',
  reverted_at: null,
  verified: true,
  planned: { entry: 0, after_ms: 0, heal_ms: 1500, drawn: true },
};
const CUT: FaultRecord = {
  ...RECORD,
  kind: 'cut',
  target: 'master(router):ha',
  resolved: 'r1:ha',
  planned: { entry: 1, after_ms: 700, at_ms: 900 },
};
const trialsOf = (...faults: FaultRecord[][]) =>
  ({ trials: faults.map((list, at) => ({ index: at + 1, faults: list })) }) as unknown as Journal;

describe('what a replay breaks', () => {
  test('are the nodes that were hit, in order, with their times and the options of the drill', () => {
    expect(replayedFaults(trialsOf([RECORD, CUT], [], [CUT]), DRILL)).toEqual(
      new Map([
        [
          1,
          [
            {
              kind: 'crash',
              target: 'host:node2',
              options: {},
              entry: 0,
              after_ms: 0,
              heal_ms: 1500,
              replayed: true,
            },
            {
              kind: 'cut',
              target: 'r1:ha',
              options: { kind: 'frames' },
              entry: 1,
              after_ms: 700,
              at_ms: 900,
              replayed: true,
            },
          ],
        ],
        [
          3,
          [
            {
              kind: 'cut',
              target: 'r1:ha',
              options: { kind: 'frames' },
              entry: 1,
              after_ms: 700,
              at_ms: 900,
              replayed: true,
            },
          ],
        ],
      ]),
    );
  });

  test('is refused where the drill has another fault in that place now', () => {
    const other = { ...DRILL, faults: DRILL.faults.slice(1) };
    expect(() => replayedFaults(trialsOf([RECORD]), other)).toThrow(
      'trial 1 of the run broke crash of host:master(router), which this drill does not have any more',
    );
  });

  test('is refused where the records do not say how it was planned', () => {
    const { planned: _, ...old } = RECORD;
    expect(() => replayedFaults(trialsOf([old]), DRILL)).toThrow('hadrill did not note it then');
  });
});

describe('a run that can be replayed', () => {
  const journal = {
    ...trialsOf([RECORD]),
    profile: 'sla',
    seed: 7,
    trials_asked: 3,
    command: { drill: 'l3/node-crash', out: '/r', environment: { A: '1', PASSWORD: null } },
  } as unknown as Journal;

  test('says how it was made; the value of a secret is asked for', () => {
    expect(replayOf(journal, 'results/x')).toMatchObject({
      drill: 'l3/node-crash',
      profile: 'sla',
      seed: 7,
      trials: 3,
      variables: ['A=1', 'PASSWORD'],
      changed: undefined,
    });
  });

  test.each([
    ['of a program', { by_program: true }, 'a program made it'],
    ['of a shard', { shard: { number: 1, of: 2, trials: 4, first: 1, last: 2 } }, 'it is a part of a run'],
    ['without a fault', { trials: [{ index: 1, faults: [] }] }, 'none of its trials broke anything'],
  ])('is none %s', (_what, change, message) => {
    expect(() => replayOf({ ...journal, ...change } as unknown as Journal, 'results/x')).toThrow(
      `this run can't be replayed: ${message}`,
    );
  });
});
