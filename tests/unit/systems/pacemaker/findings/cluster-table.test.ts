import { describe, expect, it } from 'vitest';
import type { Trial } from '../../../../../harness/journal/journal.ts';
import type { ClusterRecord, ClusterWord } from '../../../../../harness/journal/system-records.ts';
import { markdownReport } from '../../../../../harness/report/markdown.ts';
import { terminalReport } from '../../../../../harness/report/terminal.ts';
import { clusterTable } from '../../../../../harness/systems/pacemaker/findings/cluster-table.ts';
import { crashTrial, journalOf, unknownTrial } from '../../../report/journals.ts';

const resource = (id: string, ...nodes: string[]): ClusterWord['resources'][number] => ({
  id,
  role: 'Started',
  nodes,
  failed: false,
  blocked: false,
});
const SAID: ClusterWord = {
  by: 'lb1',
  dc: 'lb2',
  with_quorum: true,
  nodes: { lb1: 'online', lb2: 'online' },
  resources: [resource('vip', 'lb1'), resource('haproxy', 'lb1')],
  failures: [],
};
/** What is told of it. */
const ROW = ['lb1', 'lb2', 'yes', 'online lb1 lb2', 'vip lb1, haproxy lb1'];
const record = (
  when: ClusterRecord['when'],
  change: Partial<ClusterWord> = {},
  cluster = 'lb',
): ClusterRecord => ({ when, cluster, said: { ...SAID, ...change } });

const trial = (index: number, ...clusters: ClusterRecord[]): Trial =>
  crashTrial(index, 3000, 50, { clusters });
const table = (...clusters: ClusterRecord[]) => clusterTable(journalOf([trial(1, ...clusters)]))!;

describe('clusterTable', () => {
  it('is a line for each cluster and moment', () => {
    const { of, head, rows, notes } = table(record('before'), record('during'), record('after'));
    expect(of).toBe('trial 1');
    expect(rows).toEqual([
      ['lb', 'before the fault', ...ROW],
      ['lb', 'before healing', ...ROW],
      ['lb', 'at the end', ...ROW],
    ]);
    expect(rows.every((row) => row.length === head.length)).toBe(true);
    expect(notes).toEqual([]);
  });

  it('members of one condition stand together, in the order of their first', () => {
    const nodes = { lb1: 'standby', lb2: 'online', lb3: 'standby', lb4: 'offline' };
    expect(table(record('during', { nodes })).rows[0]![5]).toBe('standby lb1 lb3, online lb2, offline lb4');
  });

  it('resources: on several nodes, on none, failed, blocked', () => {
    const resources = [
      resource('agent', 'lb1', 'lb2'),
      { ...resource('vip'), role: 'Stopped' },
      { ...resource('haproxy', 'lb1'), failed: true, blocked: true },
    ];
    expect(table(record('during', { resources })).rows[0]![6]).toBe(
      'agent lb1+lb2, vip stopped, haproxy lb1 (failed) (blocked)',
    );
  });

  it('no coordinator, no quorum', () => {
    const { dc: _, ...without_dc } = SAID;
    const [row] = table({ when: 'during', cluster: 'lb', said: { ...without_dc, with_quorum: false } }).rows;
    expect(row!.slice(3, 5)).toEqual(['none', 'no']);
  });

  it('nobody answers', () => {
    const { head, rows } = table({ when: 'during', cluster: 'lb' });
    expect(rows).toEqual([['lb', 'before healing', 'nobody answers', '', '', '', '']]);
    expect(rows[0]).toHaveLength(head.length);
  });

  it('every failure is a note with its cluster and moment', () => {
    const failures = ['monitor of haproxy on lb1: Not running', 'start of vip on lb2: Error'];
    const { notes } = table(record('before'), record('during', { failures }, 'two'));
    expect(notes).toEqual([
      'crm_mon before healing, on cluster two: failed: monitor of haproxy on lb1: Not running.',
      'crm_mon before healing, on cluster two: failed: start of vip on lb2: Error.',
    ]);
  });

  it('is of the first trial that has something to tell and can be trusted', () => {
    const untrusted = { ...unknownTrial(1, 'starved'), clusters: [record('before', { by: 'lb9' })] };
    const journal = journalOf([untrusted, trial(2), trial(3, record('before'))]);
    expect(clusterTable(journal)).toMatchObject({
      of: 'trial 3',
      rows: [['lb', 'before the fault', ...ROW]],
    });
  });

  it('is not there without clusters', () => {
    expect(clusterTable(journalOf([crashTrial(1, 3000), trial(2)]))).toBeUndefined();
  });

  it('is in both reports, with what failed', () => {
    const journal = journalOf([trial(1, record('during', { failures: ['stop of vip on lb1: Error'] }))]);
    for (const text of [terminalReport(journal, { colour: false }), markdownReport(journal)]) {
      expect(text).toMatch(/online lb1 lb2/);
      expect(text).toMatch(/failed: stop of vip on lb1: Error/);
    }
  });
});
