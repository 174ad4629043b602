import { expect, it } from 'vitest';
import { terminalReport } from '../../../harness/report/terminal.ts';
import { crashTrial, journalOf } from './journals.ts';

it('a report says in its first ten lines all that a person in a hurry needs', () => {
  const reason = 'tcp.survived_ratio: trial 2: wanted == 1, observed 0.8';
  const failed = { verdict: 'fail' as const, reason, notes: ['r2 has another version'] };
  const journal = journalOf([crashTrial(1, 3300), crashTrial(2, 3300, 40, failed)]);
  const text = terminalReport(journal, { colour: false }).split('\n');
  const at = text.indexOf('FAIL trial 2 (records: trial-2)');
  expect(at).toBe(text.indexOf('') + 1);
  expect(text.findIndex((line) => line.includes('wanted == 100 %, observed 80 %'))).toBeLessThan(10);
  expect(text.indexOf('In trial 2: r2 has another version')).toBe(at + 3);
  expect(text.findIndex((line) => line.startsWith('METRIC'))).toBe(at + 5);
});
