import { describe, expect, test } from 'vitest';
import { expectFirstProblems, largeFiles, waitingNodes } from '../../support/large-files.ts';
import { problemsOf } from './problems-of.ts';

/** Ten times as many are in tests/nightly/large-files.test.ts. */
const LINES = 2000;

describe('a file with very many problems is refused with the first of them', () => {
  test.each(largeFiles(LINES))('%s', (_, yaml) => expectFirstProblems(yaml));
});

test('a chain of nodes that wait for each other may be as long as the file', async () => {
  expect(await problemsOf(waitingNodes(LINES / 2, false))).toEqual([]);
});

test('a long cycle of nodes that wait for each other is found', async () => {
  const problems = await problemsOf(waitingNodes(LINES / 2, true));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^5:\d+ nodes wait for each other: n0 -> n1/);
});

test.each([
  ['[', ']'],
  ['{ a: ', ' }'],
  ['- ', ''],
  ['? ', ''],
])('%j nested 10,000 deep has a place, not an overflow of the stack', async (open, close) => {
  const problems = await problemsOf(`name: t\ntopology:\n  ${open.repeat(10_000)}1${close.repeat(10_000)}\n`);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^3:\d+ lists and mappings are nested deeper than 100 levels/);
});

test('only the first error of syntax is reported', async () => {
  const problems = await problemsOf(`name: t\n}\n${'topology: { nodes: [ }\n'.repeat(5)}`);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^2:1 YAML syntax: /);
});
