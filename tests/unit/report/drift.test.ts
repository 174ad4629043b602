import { describe, expect, test } from 'vitest';
import { changeReport } from '../../../harness/report/history/change-report.ts';
import { driftsOf } from '../../../harness/report/history/drift.ts';
import { issueText } from '../../../harness/report/history/issue-text.ts';
import { changeVerdict, lastChanges } from '../../../harness/report/history/last-change.ts';
import { type RunRecord, recordOf } from '../../../harness/report/history/run-record.ts';
import { journalOf, unknownTrial } from './journals.ts';
import { phasedRun, phasedTrials } from './phased-trials.ts';

/** Bootstraps of thousands of nights take their time, and say nothing here. */
const ONE = phasedRun(1, 10);
const dayOf = (night: number) => `2026-03-${String(night + 1).padStart(2, '0')}T01:00:00.000000000Z`;

/** A night with ten trials of the protocol, and so much more delay. */
function night(at: number, delay_ms: number, seed = 0, change: Partial<RunRecord> = {}): RunRecord {
  const trials = phasedTrials(1000 * seed + at, 10, { advert_ms: 1000, delay_ms });
  const journal = { ...ONE, trials };
  return { ...recordOf({ ...journal, started_at: dayOf(at) }, '/results'), verdict: 'pass', ...change };
}
const nights = (count: number, delayOf: (at: number) => number, seed = 0) =>
  Array.from({ length: count }, (_, at) => night(at, delayOf(at), seed));

describe('a slow drift', () => {
  // 6 ms a night: no night is 50 ms off what the seven before it were together.
  const runs = nights(26, (at) => Math.max(0, at - 6) * 6);

  test('is not seen by any night beside those before it, and by all of them together', () => {
    const words = runs.map((_, at) => lastChanges(runs.slice(0, at + 1))[0]!.changes[0]?.word);
    expect(words).not.toContain('worse');
    const [drift] = driftsOf(runs);
    expect(drift).toMatchObject({ metric: 'udp.outage_ms', basis: 'residual' });
    expect(drift!.to - drift!.from).toBeGreaterThan(50);
  });

  test('fails the night that shows it, and no night after it', () => {
    const shown = driftsOf(runs)[0]!.shown;
    const at = runs.findIndex(({ started_at }) => started_at === shown);
    expect(changeVerdict(lastChanges(runs.slice(0, at)))).toBe('pass');
    expect(changeVerdict(lastChanges(runs.slice(0, at + 1)))).toBe('fail');
    expect(changeVerdict(lastChanges([...runs.slice(0, at + 1), night(at + 1, (at - 6) * 6)]))).toBe('pass');
  });
});

test('nights of one configuration drift in at most 5 of 100 months', () => {
  const alarms = Array.from({ length: 100 }, (_, seed) => driftsOf(nights(30, () => 0, seed + 1))).filter(
    (drifts) => drifts.length > 0,
  );
  expect(alarms.length).toBeLessThanOrEqual(5);
});

test('a step is dated, beside the version that came with it', () => {
  const runs = nights(16, (at) => (at >= 9 ? 90 : 0)).map((run, at) =>
    at >= 9 ? { ...run, versions: { ...run.versions, keepalived: '2.3.4' } } : run,
  );
  const [drift, ...others] = driftsOf(runs);
  expect(others).toEqual([]);
  expect(drift!.since).toBe(dayOf(9));
  const shown = runs.findIndex(({ started_at }) => started_at === drift!.shown);
  const issue = issueText([
    { drill: 'l3/node-crash', runs: runs.slice(0, shown + 1) },
    { drill: 'lb/haproxy-kill', runs: runs.slice(0, 9) },
  ]);
  expect(issue).toMatch(/^Worse than the runs before: l3\/node-crash\n\n## l3\/node-crash\n\n {4}The run of/);
  expect(issue).toContain('    hadrill run l3/node-crash --profile sla --trials 10 --seed 1\n');
  expect(issueText([{ drill: 'l3/node-crash', runs: runs.slice(0, 9) }])).toBe('');
  expect(changeReport(lastChanges(runs), runs)).toMatch(
    /udp\.outage_ms, residual is lastingly worse since 2026-03-10 01:00: .*; with it: keepalived 2\.3\.3 -> 2\.3\.4/,
  );
});

test('an improvement is dated too, and fails nothing', () => {
  const runs = nights(16, (at) => (at >= 9 ? 0 : 90));
  expect(driftsOf(runs)[0]).toMatchObject({ since: dayOf(9) });
  expect(changeVerdict(lastChanges(runs.slice(0, 12)))).not.toBe('fail');
});

describe('the share of trials that do not count', () => {
  const good = nights(8, () => 0);
  const lossy = (lost: number) => {
    const journal = journalOf([
      ...phasedRun(99, 10).trials.slice(0, 10 - lost),
      ...Array.from({ length: lost }, (_, at) => unknownTrial(11 - lost + at, 'no')),
    ]);
    return { ...recordOf({ ...journal, started_at: dayOf(8) }, '/'), verdict: 'pass' as const };
  };

  test('is a trend of its own: more than by chance is not known to be no worse', () => {
    const changes = lastChanges([...good, lossy(4)]);
    expect(changeReport(changes)).toContain(
      'Trials that do not count: 0 of 70 before, 4 of 10 now: more than by chance (p < 0.001).',
    );
    expect(changeVerdict(changes)).toBe('unknown');
  });

  test('of one of ten says nothing', () => {
    const changes = lastChanges([...good, lossy(1)]);
    expect(changeReport(changes)).toContain('1 of 10 now: no difference shown');
    expect(changeVerdict(changes)).toBe('pass');
  });
});
