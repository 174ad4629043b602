import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberColumn, positionOf } from '../../../harness/ground/number-column.ts';

test('numbers stay as they were added, however many there are', () => {
  const column = new NumberColumn(2);
  const numbers = Array.from({ length: 10_000 }, (_, n) => n * 1.5);
  for (const number of numbers) column.push(number);
  expect([...column.values()]).toEqual(numbers);
  column.set(9999, -1);
  expect(column.at(9999)).toBe(-1);
  expect(column).toHaveLength(10_000);
});

test('a number is found where it is, with and without gaps', () => {
  const ascending = fc
    .uniqueArray(fc.integer({ min: 0, max: 300 }), { maxLength: 100 })
    .map((numbers) => numbers.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(ascending, fc.integer({ min: -5, max: 305 }), (numbers, wanted) => {
      const column = new NumberColumn();
      for (const number of numbers) column.push(number);
      expect(positionOf(Float64Array.from(numbers), wanted)).toBe(numbers.indexOf(wanted));
      expect(column.positionOf(wanted)).toBe(numbers.indexOf(wanted));
    }),
  );
});
