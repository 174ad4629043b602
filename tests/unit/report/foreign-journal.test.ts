import { expect, test } from 'vitest';
import { formats } from '../../../harness/report/formats.ts';
import { markdownReport } from '../../../harness/report/markdown.ts';
import { crashTrial, journalOf, unknownTrial } from './journals.ts';

/** What somebody may write where a name, a reason or a line of a log is expected. */
const FOREIGN =
  '\x1b[2J\x1b]52;c;ZXZpbA==\x07a\rb\n# heading\n- item | cell `code` <script>alert(1)</script> \u202Eevil';

function journal() {
  const trials = [crashTrial(1, 3300), { ...unknownTrial(2, FOREIGN), records: `trial-2\`${FOREIGN}` }];
  trials[0]!.timeline.push({ at_ms: 1, event: 'fault', detail: FOREIGN });
  return { ...journalOf(trials), drill: FOREIGN, profile: FOREIGN };
}

test.each([...formats.values()])('no character of a $name report acts on a terminal', ({ render }) => {
  expect([...render(journal(), { colour: false })].join('')).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
});

test('no heading, list, cell, code span or element comes from a name in Markdown', () => {
  const text = markdownReport(journal());
  expect(text).not.toMatch(/^# heading|^- item/m);
  expect(text).not.toContain('<script>');
  const rows = text.split('\n').filter((line) => line.startsWith('| 1.0 ms'));
  expect(rows).toHaveLength(1);
  expect(rows[0]!.match(/(?<!\\)\|/g)).toHaveLength(3);
});

test('a code span has a longer fence than the backticks in it', () => {
  const one = { ...unknownTrial(1, 'no answer'), records: 'a``b`c' };
  expect(markdownReport(journalOf([one]))).toContain('(records: ``` a``b`c ```)');
});
