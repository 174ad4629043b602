import { expect, test } from 'vitest';
import { changeReport } from '../../../harness/report/history/change-report.ts';
import { lastChanges } from '../../../harness/report/history/last-change.ts';
import { type RunRecord, recordOf } from '../../../harness/report/history/run-record.ts';
import { crashTrial, journalOf } from './journals.ts';

/** A run of 8 trials on a machine, of outages around so many ms. */
function run(day: number, machine: string | undefined, around_ms: number): RunRecord {
  const trials = Array.from({ length: 8 }, (_, at) => crashTrial(at + 1, around_ms + at));
  const journal = journalOf(trials);
  const environment = { ...journal.environment, ...(machine === undefined ? {} : { machine }) };
  return recordOf({ ...journal, environment, started_at: `2026-03-0${day}T01:00:00.000000000Z` }, '/r');
}

test('a slower machine is not a regression of the faster one: each is held against its own runs', () => {
  const runs = [run(1, 'fast', 3000), run(2, 'slow', 3500), run(3, 'fast', 3001), run(4, 'slow', 3501)];
  const [change] = lastChanges(runs);
  expect(change!.before.map(({ started_at }) => started_at.slice(8, 10))).toEqual(['02']);
  expect(change!.changes.map(({ word }) => word)).toEqual(['no difference shown']);
  expect(change!.other_machines).toEqual([]);
});

test('a machine that has no other runs is held against those of others, and that is said', () => {
  const [change] = lastChanges([run(1, 'a', 3000), run(2, undefined, 3000), run(3, 'new', 3000)]);
  expect(change!.before).toHaveLength(2);
  expect(changeReport([change!])).toContain('It was made on new, those before it on others: a, not noted.');
  const [unnamed] = lastChanges([run(1, undefined, 3000), run(2, undefined, 3000)]);
  expect(changeReport([unnamed!])).not.toContain('made on');
});
