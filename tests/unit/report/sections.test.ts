import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { markdownReport } from '../../../harness/report/markdown.ts';
import { sectionsOf } from '../../../harness/report/sections.ts';
import { terminalReport } from '../../../harness/report/terminal.ts';
import { crashTrial, journalOf, unknownTrial } from './journals.ts';

/** A run that every table has something to say of. */
const journal = journalOf([
  crashTrial(1, 3000, 50, {
    metrics: { 'phase.detection_ms': 2999.5, 'phase.answer_ms': 0.5 },
    timeline: [{ at_ms: 1.5, event: 'fault', detail: 'crash of r1' }],
    lease_tables: [{ when: 'before', node: 'd1', host: 'node1', network: 'net1', bound: true }],
    clusters: [{ when: 'during', cluster: 'lb' }],
  }),
]);

describe('the tables of a report', () => {
  it('are those that have something to say, in their order', () => {
    expect(sectionsOf(journal).map(({ title }) => title)).toEqual([
      'Numbers',
      'Where the time went',
      'Timeline of trial 1',
      'Who knew which lease, in trial 1',
      'What crm_mon said in trial 1',
    ]);
    expect(sectionsOf(journalOf([unknownTrial(1, 'no answer')])).map(({ title }) => title)).toEqual([
      'Numbers',
    ]);
  });

  it('of a system stand where it says', () => {
    const made = (title: string) => ({
      title,
      head: ['A'],
      align: ['left' as const],
      rows: [['1']],
      notes: [],
    });
    const titles = sectionsOf(journal, [
      { table: { shows: 'state', of: () => made('late') } },
      {},
      { table: { shows: 'state', of: () => undefined } },
      { table: { shows: 'steps', of: () => made('early') } },
    ]).map(({ title }) => title);
    expect(titles).toEqual(['Numbers', 'early', 'Timeline of trial 1', 'late']);
  });

  it.each(sectionsOf(journal))(
    '$title: a side for every heading, a cell for every heading in every row',
    (one) => {
      expect(one.align).toHaveLength(one.head.length);
      expect(one.rows.length).toBeGreaterThan(0);
      for (const row of one.rows) expect(row).toHaveLength(one.head.length);
    },
  );

  it('are in every report, cell by cell', () => {
    const cells = sectionsOf(journal).flatMap(({ rows }) => rows.flat());
    const [terminal, markdown] = [terminalReport(journal, { colour: false }), markdownReport(journal)];
    for (const cell of cells) {
      expect(terminal).toContain(cell);
      expect(markdown.replaceAll('\\', '')).toContain(cell);
    }
  });

  it.each(['model', 'sections', 'metric-table', 'headline', 'terminal', 'markdown'])(
    '%s.ts names no system under test',
    (name) => {
      const source = readFileSync(new URL(`../../../harness/report/${name}.ts`, import.meta.url), 'utf8');
      expect(source).not.toMatch(
        /keepalived|vrrp|conntrack|dhcp|lease|cluster|pacemaker|crm|haproxy|neutron/i,
      );
    },
  );
});
