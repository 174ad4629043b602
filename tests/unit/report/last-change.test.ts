import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../harness/ground/random.ts';
import { changeReport } from '../../../harness/report/history/change-report.ts';
import { changeVerdict, lastChanges } from '../../../harness/report/history/last-change.ts';
import { type RunRecord, recordOf } from '../../../harness/report/history/run-record.ts';
import { crashTrial, journalOf, unknownTrial } from './journals.ts';

function run(day: number, outages: readonly number[], change: Partial<RunRecord> = {}): RunRecord {
  const trials = outages.map((outage_ms, at) => crashTrial(at + 1, outage_ms));
  const started_at = `2026-03-${String(day).padStart(2, '0')}T01:00:00.000000000Z`;
  return { ...recordOf({ ...journalOf(trials), started_at }, '/results'), ...change };
}

/** Outages of an abrupt fault with adverts of so many ms: uniform between two and three of them and a skew. */
function outages(seed: number, count: number, advert_ms = 1000): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => advert_ms * (2.8 + random.integer(0, 1000) / 1000));
}

const wordsOf = (runs: RunRecord[]) => lastChanges(runs)[0]!.changes.map(({ word }) => word);

describe('the last run beside those before it', () => {
  test('is worse with adverts twice as long, from six trials on', () => {
    const runs = [run(1, outages(1, 6)), run(2, outages(2, 6, 2000), { verdict: 'pass' })];
    expect(wordsOf(runs)).toEqual(['worse']);
    expect(changeVerdict(lastChanges(runs))).toBe('fail');
    expect(changeReport(lastChanges(runs))).toMatch(/worse +udp\.outage_ms .*\+\d\.\d\d s +\+.* to \+/);
    expect(wordsOf([...runs].reverse())).toEqual(['better']);
  });

  test('has too few trials with five', () => {
    const runs = [run(1, outages(1, 5)), run(2, outages(2, 5, 2000), { verdict: 'pass' })];
    expect(wordsOf(runs)).toEqual(['too few trials']);
    expect(changeVerdict(lastChanges(runs))).toBe('unknown');
  });

  test('of the same configuration is not worse in 95 of 100', () => {
    const alarms = Array.from({ length: 100 }, (_, at) =>
      wordsOf([run(1, outages(2 * at + 1, 20)), run(2, outages(2 * at + 2, 20))]),
    ).filter((words) => words.includes('worse'));
    expect(alarms.length).toBeLessThanOrEqual(5);
  });

  test('is not worse by less than the margin, however sure that is', () => {
    const base = Array.from({ length: 20 }, (_, at) => 3000 + at / 100);
    const later = base.map((value) => value + 49);
    expect(wordsOf([run(1, base), run(2, later)])).toEqual(['no difference shown']);
    expect(
      wordsOf([
        run(1, base),
        run(
          2,
          later.map((value) => value + 2),
        ),
      ]),
    ).toEqual(['worse']);
  });
});

describe('what is not known', () => {
  const good = outages(1, 10);
  test.each<[string, RunRecord[]]>([
    ['the first run', [run(1, good)]],
    [
      'a run without numbers',
      [run(1, good), { ...recordOf(journalOf([unknownTrial(1, 'no')]), '/'), started_at: '2026-03-09' }],
    ],
    ['values before that are lower bounds', [withOpen(run(1, outages(1, 10, 2000))), run(2, good)]],
    ['no difference to values that are lower bounds', [run(1, good), withOpen(run(2, good))]],
  ])('%s: nothing passes', (_, runs) => {
    const changes = lastChanges(runs);
    expect(changes[0]!.changes.every(({ word }) => word === 'not known')).toBe(true);
    expect(changeVerdict(changes)).toBe('unknown');
  });

  test('a last run whose outages had not ended is worse all the same', () => {
    expect(wordsOf([run(1, good), withOpen(run(2, outages(2, 10, 2000)))])).toEqual(['worse']);
  });
});

test('a run that fails after one that passed is a regression, also with unknown ones between', () => {
  const passed = run(1, outages(1, 10), { verdict: 'pass' });
  const runs = [passed, run(2, [], { verdict: 'unknown' }), run(3, outages(3, 10), { verdict: 'fail' })];
  expect(changeVerdict(lastChanges(runs))).toBe('fail');
  expect(changeReport(lastChanges(runs))).toContain('It failed, and the run before it had passed.');
});

test('runs of other versions are not pooled, and profiles are compared by themselves', () => {
  const old = run(1, outages(1, 10), { versions: { keepalived: '2.2' } });
  const runs = [
    old,
    run(2, outages(2, 10)),
    run(3, outages(3, 10)),
    run(4, outages(4, 10), { profile: 'other' }),
  ];
  const changes = lastChanges(runs);
  expect(changes.map(({ last, before }) => [last.profile, before.length])).toEqual([
    ['sla', 1],
    ['other', 0],
  ]);
});

function withOpen(record: RunRecord): RunRecord {
  const outage = record.summary['udp.outage_ms']!;
  return { ...record, summary: { ...record.summary, 'udp.outage_ms': { ...outage, lower_bounds: 1 } } };
}
