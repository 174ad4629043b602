import { describe, expect, it } from 'vitest';
import type { Journal } from '../../../../../harness/journal/journal.ts';
import type { LeaseCounts, LeaseTableRecord } from '../../../../../harness/journal/system-records.ts';
import { markdownReport } from '../../../../../harness/report/markdown.ts';
import { terminalReport } from '../../../../../harness/report/terminal.ts';
import { leaseTable } from '../../../../../harness/systems/dhcp/findings/lease-table.ts';
import { crashTrial, journalOf } from '../../../report/journals.ts';

const NONE: LeaseCounts = {
  ...{ lines: 9, own: 0, own_written: 0, others: 0 },
  ...{ others_written: 0, others_initial: 0, others_older: 0, others_unknown: 0 },
};
const record = (node: string, when: LeaseTableRecord['when'], leases?: Partial<LeaseCounts>) => ({
  ...{ when, node, host: 'node1', network: 'net1', bound: true },
  ...(leases ? { leases: { ...NONE, ...leases } } : {}),
});

function journal(...tables: LeaseTableRecord[]): Journal {
  return { ...journalOf([crashTrial(1, 3000, 50, { lease_tables: tables })]), scale: ['lease 120 s: 1:720'] };
}

describe('which server knew which lease', () => {
  const of = journal(
    record('d1', 'before', { own: 7, own_written: 7, others: 5, others_initial: 4, others_older: 1 }),
    record('d2', 'before', { own: 5, own_written: 5, others: 7, others_initial: 7 }),
    record('d1', 'during'),
    { ...record('d3', 'before', {}), bound: false },
  );

  it('is a line a server and moment, without places that serve nobody', () => {
    expect(leaseTable(of)?.rows).toEqual([
      ['d1 (net1)', 'before the fault', '7 of 7', '5', '0', '4', '1', '0'],
      ['d2 (net1)', 'before the fault', '5 of 5', '7', '0', '7', '0', '0'],
      ['d1 (net1)', 'before healing', 'node is down', '', '', '', '', ''],
    ]);
  });

  it('answers whether all servers update their tables', () => {
    expect(leaseTable(of)?.notes[0]).toMatch(
      /^Do all servers .*\? No: of 12 leases .* had written 0 .* had 11 by the line .*, 1 from .* did not know 0 /,
    );
    const told = (others_written: number) =>
      leaseTable(journal(record('d1', 'before', { others: 2, others_written })))?.notes[0];
    expect(told(2)).toMatch(/\? Yes: /);
    expect(told(1)).toMatch(/\? Some: /);
  });

  it('is in both reports, with the scale of the timers', () => {
    for (const text of [terminalReport(of, { colour: false }), markdownReport(of)]) {
      expect(text).toContain('d1 (net1)');
      expect(text).toContain('1:720');
    }
  });

  it('is not there without DHCP servers', () => {
    expect(leaseTable(journalOf([crashTrial(1, 3000)]))).toBeUndefined();
  });
});
