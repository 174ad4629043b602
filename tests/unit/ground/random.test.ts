import { expect, test } from 'vitest';
import { seededRandom } from '../../../harness/ground/random.ts';

test('the same seed gives the same numbers, another seed others', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 5 }, () => random.unit());
  };
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test('numbers are spread over [0, 1)', () => {
  const random = seededRandom(7);
  const tenths = new Array<number>(10).fill(0);
  for (let n = 0; n < 10_000; n++) {
    const value = random.unit();
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThan(1);
    tenths[Math.floor(value * 10)]! += 1;
  }
  for (const count of tenths) expect(count).toBeGreaterThan(850);
});
