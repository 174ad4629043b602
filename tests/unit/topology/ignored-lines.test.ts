import { expect, test } from 'vitest';
import { ignoredLines, ignoreProblem } from '../../../harness/topology/ignored-lines.ts';

test('a label leaves lines out, and a wrong one is a problem', () => {
  expect(ignoredLines({})).toBeUndefined();
  expect(ignoredLines({ 'hadrill.log-ignore': '^ntpd: ' })?.test('ntpd: late')).toBe(true);
  expect(ignoreProblem('^ntpd: ')).toBeUndefined();
  expect(ignoreProblem('(')).toMatch(/^'\(' is not a regular expression: /);
});
