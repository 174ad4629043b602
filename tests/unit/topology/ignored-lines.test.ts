import { expect, test } from 'vitest';
import { ignoredLines, ignoreProblem, withIgnored } from '../../../harness/topology/ignored-lines.ts';

test('a label leaves lines out, and a wrong one is a problem', () => {
  expect(ignoredLines({})).toBeUndefined();
  expect(ignoredLines({ 'hadrill.log-ignore': '^ntpd: ' })?.test('ntpd: late')).toBe(true);
  expect(ignoreProblem('^ntpd: ')).toBeUndefined();
  expect(ignoreProblem('(')).toMatch(/^'\(' is not a regular expression: /);
});

test('what is left out besides is added to what a label leaves out', () => {
  const labels = { 'hadrill.log-ignore': '^ntpd: ', 'hadrill.host': 'a' };
  const both = ignoredLines(withIgnored(labels, ['late$', '^a|b$']));
  expect(['ntpd: x', 'too late', 'a'].map((line) => both?.test(line))).toEqual([true, true, true]);
  expect(both?.test('other')).toBe(false);
  expect(withIgnored(labels, [])['hadrill.host']).toBe('a');
  expect(withIgnored({}, [])).toEqual({});
});
