import { expect, test } from 'vitest';
import { blockOf } from '../../../harness/journal/shard.ts';
import { trialsNotMade } from '../../../harness/journal/trials-not-made.ts';

test.each([
  [20, 3],
  [20, 20],
  [7, 2],
  [1, 1],
  [3, 5],
])('of %i trials %i shards have each one once', (trials, of) => {
  const blocks = Array.from({ length: of }, (_, at) => blockOf({ number: at + 1, of }, trials)).filter(
    (block) => block !== undefined,
  );
  const all = blocks.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, at) => first + at),
  );
  expect(all).toEqual(Array.from({ length: trials }, (_, at) => at + 1));
  expect(blocks).toHaveLength(Math.min(of, trials));
  const sizes = blocks.map(({ first, last }) => last - first);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
});

test.each([
  [
    { trials_asked: 3, trials: [1, 2] },
    { first: 3, last: 3 },
  ],
  [
    { trials_asked: 4, trials: [1, 3] },
    { first: 2, last: 4 },
  ],
  [
    { trials_asked: 4, trials: [1, 2, 4] },
    { first: 3, last: 3 },
  ],
  [
    { trials_asked: 2, trials: [4], shard: { number: 2, of: 3, first: 4, last: 5, trials: 7 } },
    { first: 5, last: 5 },
  ],
  [{ trials_asked: 2, trials: [1, 2] }, undefined],
  [
    { trials_asked: 999_999_999, trials: [] },
    { first: 1, last: 999_999_999 },
  ],
])('%j: the trials that were not made', ({ trials, ...run }, missing) => {
  expect(trialsNotMade({ ...run, trials: trials.map((index) => ({ index }) as never) })).toEqual(missing);
});
