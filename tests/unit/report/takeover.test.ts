import { describe, expect, it } from 'vitest';
import type { Journal, OutageRecord, Trial } from '../../../harness/journal/journal.ts';
import type { TimelineEvent } from '../../../harness/journal/timeline-event.ts';
import { markdownReport } from '../../../harness/report/markdown.ts';
import { terminalReport } from '../../../harness/report/terminal.ts';
import { timelineTable } from '../../../harness/report/timeline-table.ts';
import { phaseTable } from '../../../harness/systems/vrrp/findings/phase-table.ts';
import { crashTrial, journalOf } from './journals.ts';

const PHASES = {
  'phase.detection_ms': 2000,
  'phase.election_ms': 805,
  'phase.address_ms': 1.2,
  'phase.garp_ms': 0.4,
  'phase.forwarding_ms': 1.1,
  'phase.answer_ms': 0.9,
  'phase.remainder_ms': -1.9,
};
const TIMELINE: TimelineEvent[] = [
  { at_ms: -348.64, event: 'last-advert', detail: "last advertisement of r1 for virtual router 'router'" },
  { at_ms: 0, event: 'fault', detail: 'crash of host:node1 (r1)' },
  { at_ms: 2805.25, event: 'first-advert', detail: 'first advertisement of r2' },
];
const trial = (index: number, metrics: Record<string, number>, change: Partial<Trial> = {}) =>
  crashTrial(index, 2806.7, 50, { ...change, metrics: { ...PHASES, ...metrics } });
const outage = (start_ms: number, outage_ms: number, change: Partial<OutageRecord> = {}): OutageRecord => ({
  probe: 'udp',
  start_ms,
  outage_ms,
  outage_error_ms: 5,
  loss_derived_ms: outage_ms,
  lost: 9,
  open: false,
  ...change,
});
const text = (journal: Journal) => terminalReport(journal, { colour: false });
const one = journalOf([trial(1, {}, { timeline: TIMELINE })], { expect: [] });
const three = journalOf(
  [
    trial(1, {}),
    trial(2, { 'phase.detection_ms': 2653, 'phase.remainder_ms': -2.4 }),
    trial(3, { 'phase.detection_ms': 2328, 'phase.garp_ms': 0 }),
  ],
  { expect: [] },
);

describe('where the time of the takeovers went', () => {
  it('is a column of one trial', () => {
    expect(text(one)).toContain(`
PHASE          TIME
detection    2.00 s  adverts fail to come
election     805 ms  skew time, to the first advert of the new master
address      1.2 ms  to the address being up
garp         0.4 ms  to the first gratuitous ARP
forwarding   1.1 ms  to a client's first packet sent on
answer       0.9 ms  to the first answer sent back
sum          2.81 s
remainder   -1.9 ms  outage - sum

`);
  });

  it('does not tell skew time apart where the timers are not known', () => {
    const apart = { 'phase.detection_ms': 2805, 'phase.election_ms': 0 };
    expect(text(journalOf([trial(1, apart)], { expect: [] }))).toContain(`
detection    2.81 s  adverts fail to come, and skew time, to the first advert of the new master
address`);
    const bounds = { 'vip.detection_ms': { low: 0, high: 1, from: 'VRRP' } };
    expect(text(journalOf([trial(1, apart, { bounds })], { expect: [] }))).toContain(`
election       0 ms  skew time,`);
  });

  it('is the least, the middle and the most of several', () => {
    expect(text(three)).toContain(`
PHASE           MIN   MEDIAN      MAX
detection    2.00 s   2.33 s   2.65 s  adverts fail to come
election     805 ms   805 ms   805 ms  skew time, to the first advert of the new master
address      1.2 ms   1.2 ms   1.2 ms  to the address being up
garp           0 ms   0.4 ms   0.4 ms  to the first gratuitous ARP
forwarding   1.1 ms   1.1 ms   1.1 ms  to a client's first packet sent on
answer       0.9 ms   0.9 ms   0.9 ms  to the first answer sent back
sum          2.81 s   3.14 s   3.46 s
remainder   -2.4 ms  -1.9 ms  -1.9 ms  outage - sum

`);
  });

  it('has a cell for every heading, whatever trials lack', () => {
    const { 'phase.garp_ms': _, ...lacking } = { ...PHASES, 'phase.answer_ms': 1 };
    const without = crashTrial(2, 2806.7, 50, { metrics: lacking });
    const { head, rows } = phaseTable(journalOf([trial(1, {}), without]))!;
    expect(rows.map((row) => row.length)).toEqual(rows.map(() => head.length));
    expect(rows[3]).toEqual(['garp', '0.4 ms', '0.4 ms', '0.4 ms', 'to the first gratuitous ARP']);
    const names = phaseTable(journalOf([without]))!.rows.map(([name]) => name);
    expect(names).not.toContain('garp');
  });

  it('is a table in Markdown', () => {
    expect(markdownReport(three)).toContain(`
### Where the time went

| Phase | Min | Median | Max |  |
| --- | ---: | ---: | ---: | --- |
| detection | 2.00 s | 2.33 s | 2.65 s | adverts fail to come |
| election | 805 ms | 805 ms | 805 ms | skew time, to the first advert of the new master |
`);
    expect(markdownReport(three)).not.toContain('\n\n\n');
  });

  it('is not told where no takeover was seen, nor of a trial that is unknown', () => {
    expect(phaseTable(journalOf([crashTrial(1, 3000)]))).toBeUndefined();
    const starved = trial(2, {}, { verdict: 'unknown', timeline: TIMELINE });
    expect(phaseTable(journalOf([crashTrial(1, 3000), starved]))).toBeUndefined();
    expect(text(journalOf([crashTrial(1, 3000)]))).not.toMatch(/PHASE|AFTER THE FAULT/);
    expect(markdownReport(journalOf([crashTrial(1, 3000)]))).not.toMatch(/Where the time|Timeline/);
  });

  it.each([
    [0, 'no connection was'],
    [1, 'one connection was'],
    [3, '3 connections were'],
  ])('comes with the window before the connection table is filled: %d reset', (resets, words) => {
    const window = (ms: number) => ({
      'vip.commit_window_ms': ms,
      'vip.commit_window_resets': 0,
    });
    const journal = journalOf([
      trial(1, window(20.4)),
      trial(2, { ...window(22), 'vip.commit_window_resets': resets }),
    ]);
    expect(phaseTable(journal)!.notes).toEqual([
      `The address was up 20-22 ms before the connection table was filled; ${words} reset meanwhile.`,
    ]);
  });

  it('comes with what TCP took besides', () => {
    const journal = journalOf([trial(1, { 'tcp.recovery_ms': 428 }), trial(2, { 'tcp.recovery_ms': 3480 })]);
    expect(phaseTable(journal)!.notes).toEqual([
      'The last TCP session went on 428 ms to 3.48 s after the first answer (probe tcp).',
    ]);
    expect(text(journal)).toContain('\nThe last TCP session went on 428 ms to 3.48 s after the first answer');
    expect(markdownReport(journal)).toContain('\n- The last TCP session went on 428 ms to 3.48 s after');
    // It is told here and not among the numbers.
    expect(text(journal)).not.toMatch(/^(tcp\.recovery_ms|phase\.)/m);
  });
});

describe('the timeline', () => {
  it('is that of the one trial', () => {
    expect(text(one)).toContain(`
AFTER THE FAULT  TRIAL 1
      -348.6 ms  last advertisement of r1 for virtual router 'router'
         0.0 ms  crash of host:node1 (r1)
      2805.3 ms  first advertisement of r2

`);
    expect(markdownReport(one)).toContain(`
### Timeline of trial 1

| After the fault | What |
| ---: | --- |
| -348.6 ms | last advertisement of r1 for virtual router 'router' |
| 0.0 ms | crash of host:node1 (r1) |
| 2805.3 ms | first advertisement of r2 |

`);
  });

  it('is that of the trial with the longest outage, of those that are known', () => {
    const timeline = TIMELINE;
    const trials = [
      trial(1, {}, { timeline, outages: [outage(0, 300), outage(900, 20)] }),
      trial(2, {}, { timeline, outages: [outage(0, 20), outage(900, 310)] }),
      trial(3, {}, { timeline, outages: [outage(0, 9000)], verdict: 'unknown' }),
      trial(4, {}, { outages: [outage(0, 8000)] }),
    ];
    expect(timelineTable(journalOf(trials))?.of).toBe('trial 2, the one with the longest outage');
    expect(timelineTable(journalOf(trials.slice(2)))).toBeUndefined();
  });
});

describe('several outages of one trial', () => {
  const outages = [
    outage(0.4, 364.4),
    outage(0.5, 360, { probe: 'web' }),
    outage(500.2, 30),
    outage(5100, 900, { open: true }),
  ];
  const journal = journalOf([trial(1, {}, { outages })]);
  const words =
    'Trial 1 had 3 outages (probe udp): 364 ms ± 5.0 ms from 0.4 ms after the fault; ' +
    '30 ms ± 5.0 ms from 500 ms after the fault; at least 900 ms from 5.10 s after the fault.';

  it('are told one by one, with what each can be off', () => {
    expect(text(journal).replaceAll(/\n +/g, ' ')).toContain(`\n${words}\n`);
    expect(markdownReport(journal)).toContain(`\n- ${words}\n`);
  });

  it('one by each probe is nothing to tell', () => {
    const single = journalOf([trial(1, {}, { outages: outages.slice(0, 2) })]);
    expect(text(single)).not.toContain('had 2 outages');
  });
});

describe('what is allowed', () => {
  const allowed = (low: number, high: number) => ({ 'udp.outage_ms': { low, high, from: 'VRRP' } });

  it('follows what was seen, over all trials', () => {
    const journal = journalOf([
      trial(1, {}, { bounds: allowed(2800, 3800) }),
      trial(2, {}, { bounds: allowed(280, 380) }),
    ]);
    const words =
      'Clients were cut off for 2.81 s (median of 2 trials), at worst 2.81 s ± 5.0 ms, of 280 ms to 3.80 s allowed.';
    expect(text(journal).replaceAll(/\n +/g, ' ')).toContain(`\n${words}\n`);
    expect(markdownReport(journal)).toContain(`\n- ${words}\n`);
  });

  it('is not claimed where nothing is known of it', () => {
    expect(text(journalOf([trial(1, {}, { bounds: {} })]))).toContain(
      '\nClients were cut off for 2.81 s ± 5.0 ms.\n',
    );
  });
});
