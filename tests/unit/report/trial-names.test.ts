import { expect, test } from 'vitest';
import { trialNames } from '../../../harness/report/trial-names.ts';

test.each([
  [[3], 'trial 3'],
  [[1, 2], 'trials 1 and 2'],
  [[1, 2, 3], 'trials 1-3'],
  [[1, 2, 5], 'trials 1, 2 and 5'],
  [[1, 2, 5, 6, 7, 8], 'trials 1, 2 and 5-8'],
  [[1, 2, 3, 5, 9, 10, 11], 'trials 1-3, 5 and 9-11'],
])('%j', (indexes, name) => {
  expect(trialNames(indexes)).toBe(name);
});

test('of ten thousand trials every second is not written out', () => {
  const odd = Array.from({ length: 5000 }, (_, at) => at * 2 + 1);
  expect(trialNames(odd)).toBe('trials 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23 and 4988 more');
});
