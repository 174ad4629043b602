import { describe, expect, test } from 'vitest';
import { expectFirstProblems, largeFiles, waitingNodes } from '../support/large-files.ts';
import { problemsOf } from '../unit/topology/problems-of.ts';

/** What takes time by the square of this would not end in the time that a test has. */
const LINES = 20_000;

describe('a file with very many problems is refused soon, with the first of them', () => {
  test.each(largeFiles(LINES))('%s', { timeout: 30_000 }, (_, yaml) => expectFirstProblems(yaml));
});

test('nodes that wait for each other: a chain as long as the file, and a circle', {
  timeout: 60_000,
}, async () => {
  expect(await problemsOf(waitingNodes(5000, false))).toEqual([]);
  expect(await problemsOf(waitingNodes(5000, true))).toHaveLength(1);
});
