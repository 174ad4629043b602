import { describe, expect, test } from 'vitest';
import { csvLine } from '../../../harness/report/csv-line.ts';
import { metricsCsv } from '../../../harness/report/metrics-csv.ts';
import { otavaCsv, seriesRun } from '../../../harness/report/otava.ts';
import { BOUND, crashTrial, journalOf, unknownTrial } from './journals.ts';

describe('csvLine', () => {
  test.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"\n`],
    ['  +1', "'  +1\n"],
    ['-2+3', "'-2+3\n"],
    ['@SUM(A1)', "'@SUM(A1)\n"],
    ['\t=1', "' =1\n"],
    ['\uFF1D1', "'\uFF1D1\n"],
    ['two\nlines, "quoted"', '"two lines, ""quoted"""\n'],
    ['\x1b[31mred', 'red\n'],
  ])('no text is a formula or a second cell: %j', (text, line) => {
    expect(csvLine([text])).toBe(line);
  });

  test('numbers stay numbers, and what is not known is empty', () => {
    expect(csvLine([-1.5, undefined, 0, Number.NaN])).toBe('-1.5,,0,\n');
  });
});

describe('the metrics of a run', () => {
  const lost = crashTrial(1, 9000, 50, {
    lower_bounds: ['udp.outage_ms'],
    missing_metrics: { 'vip.address_ms': 'no capture' },
  });
  const text = metricsCsv(journalOf([lost, unknownTrial(2, 'no answer')], { trials_asked: 4 }));
  const rows = text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const head = rows[0]!;
  const cell = (of: string[], column: string) => of[head.indexOf(column)];

  test('have their error, what is allowed, and whether they are lower bounds', () => {
    const row = rows.find((one) => cell(one, 'metric') === 'udp.outage_ms')!;
    expect(cell(row, 'value')).toBe('9000');
    expect(cell(row, 'error')).toBe('5.04');
    expect(cell(row, 'at_least')).toBe('yes');
    expect(cell(row, 'allowed_high')).toBe(String(BOUND.high));
    expect(text).not.toContain('outage_error_ms');
  });

  test('are empty cells with a reason where they are not known', () => {
    const missing = rows.find((one) => cell(one, 'metric') === 'vip.address_ms')!;
    expect([cell(missing, 'value'), cell(missing, 'note')]).toEqual(['', 'not known: no capture']);
    const unknown = rows.filter((one) => cell(one, 'trial') === '2');
    expect(unknown.map((one) => cell(one, 'note'))).toEqual(['its numbers do not count: no answer']);
    expect(cell(rows.at(-1)!, 'trial')).toBe('3 to 4');
  });
});

describe('a series for Apache Otava', () => {
  const night = (day: number, ...trials: Parameters<typeof journalOf>[0]) =>
    seriesRun({ ...journalOf(trials), started_at: `2026-03-0${day}T01:00:00.000000000Z` });
  const open = crashTrial(1, 9000, 50, { lower_bounds: ['udp.outage_ms'] });

  test('has numbers only: no run without any, no metric that a run lacks or of which it knows the least only', () => {
    const text = otavaCsv([night(2, crashTrial(1, 3200)), night(1, open), night(3, unknownTrial(1, 'no'))]);
    const [head, ...rows] = text.trimEnd().split('\n');
    expect(head).toMatch(/^time,drill,profile,seed,verdict,versions,unknown_ratio,/);
    expect(head).not.toContain('udp.outage_ms,');
    expect(rows.map((row) => row.slice(0, 20))).toEqual(['2026-03-01T01:00:00Z', '2026-03-02T01:00:00Z']);
  });

  test('of wanted metrics leaves out the runs that lack one', () => {
    const text = otavaCsv(
      [night(1, open), night(2, crashTrial(1, 3200), unknownTrial(2, 'no'))],
      ['udp.outage_ms'],
    );
    expect(text.trimEnd().split('\n').slice(1)).toEqual([
      '2026-03-02T01:00:00Z,l3/node-crash,sla,1,unknown,keepalived 2.3.3; conntrackd 1.4.8,0.5,3200',
    ]);
  });
});
