import { expect, test } from 'vitest';
import { speakerTable } from '../../../harness/report/speaker-table.ts';
import { crashTrial, journalOf } from './journals.ts';

const metrics = {
  'snat.client_first_survived_ratio': 1,
  'snat.server_first_survived_ratio': 0.6,
};

function journal(server: number) {
  const judged = (metric: string, value: number, seen: number) => ({
    ...{ metric, stat: 'each' as const, op: '==' as const, value, observed: seen },
    verdict: seen === value ? ('pass' as const) : ('fail' as const),
  });
  const run = journalOf([crashTrial(1, 3000, 50, { metrics })]);
  run.expectations = [
    judged('snat.client_first_survived_ratio', 1, 1),
    judged('snat.server_first_survived_ratio', server, 0.6),
  ];
  return run;
}

test('a cell that differs is marked, and named', () => {
  const table = speakerTable(journal(0))!;
  expect(table.rows).toEqual([['snat', 'all', 'all', '60 %', 'none', 'DIFFERS']]);
  expect(table.notes).toEqual(['snat, server first: 60 % lived on, none expected.']);
});

test('cells that are as they should be', () => {
  const table = speakerTable(journal(0.6))!;
  expect(table.rows).toEqual([['snat', 'all', 'all', '60 %', '60 %', '']]);
  expect(table.notes).toEqual([]);
});

test('a drill that expects nothing of speakers has no such table', () => {
  expect(speakerTable(journalOf([crashTrial(1, 3000, 50, { metrics })]))).toBeUndefined();
});
