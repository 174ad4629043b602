import { describe, expect, it } from 'vitest';
import { assembleJournal } from '../../../harness/analysis/assemble-journal.ts';
import type { Expectation, Trial } from '../../../harness/journal/journal.ts';
import type { RunFacts } from '../../../harness/journal/run-facts.ts';
import { quantileOf, spanWords } from '../../../harness/report/lower-bounds.ts';
import { markdownReport } from '../../../harness/report/markdown.ts';
import { terminalReport } from '../../../harness/report/terminal.ts';
import { RUN, readJson } from '../analysis/run-copy.ts';
import { crashTrial, EXPECTATIONS } from './journals.ts';

const facts = await readJson<RunFacts>(RUN, 'run.json');
const text = (trials: Trial[], expect_: Expectation[] = EXPECTATIONS) =>
  terminalReport(assembleJournal({ ...facts, expect: expect_ }, trials, []), { colour: false, width: 200 });
const exact = (value: number) => ({ value, at_least: false });
const open = (value: number) => ({ value, at_least: true });

describe('values of which some are only lower bounds', () => {
  it.each([
    [[exact(2800), exact(3800)], '2.80-3.80 s'],
    [[exact(3000), open(12_100)], '3.00 s to at least 12.10 s'],
    [[open(3000), open(12_100)], 'at least 3.00-12.10 s'],
    [[open(12_100)], 'at least 12.10 s'],
    // What was open may have ended last.
    [[open(3000), exact(3800)], 'at least 3.00-3.80 s'],
  ])('%j: %s', (values, words) => {
    expect(spanWords('udp.outage_ms', values)).toBe(words);
  });

  it('a quantile is one where it could change', () => {
    const values = [exact(1), exact(2), open(6)];
    expect(quantileOf(values, 0)).toEqual(exact(1));
    expect(quantileOf(values, 0.5)).toEqual(exact(2));
    expect(quantileOf(values, 1)).toEqual(open(6));
    expect(quantileOf([open(1), exact(2), exact(6)], 0.5)).toEqual(open(2));
  });
});

describe('an outage that was open when it was last looked at', () => {
  const trial = (index: number, outage_ms: number) =>
    crashTrial(index, outage_ms, 50, { lower_bounds: ['udp.outage_ms'] });

  it('is at least as long, everywhere', () => {
    const told = text([trial(1, 12_100)]);
    expect(told).toContain('Clients were cut off for at least 12.10 s, of 2.80-3.80 s allowed.');
    expect(told).toMatch(/^udp\.outage_ms +≥ 12\.10 s +2\.80-3\.80 s$/m);
    expect(told).toMatch(/^FAIL +udp\.outage_ms .* at least 12\.10 s$/m);
    expect(told).toContain('udp.outage_ms: wanted within 2.80-3.80 s ± 100 ms, observed at least 12.10 s\n');
  });

  it('cannot be judged while it is short enough', () => {
    const told = text([trial(1, 3000), crashTrial(2, 3300)]);
    expect(told).toMatch(/^UNKNOWN /);
    expect(told).toContain('at worst 3.30 s ± 5.0 ms');
    expect(told).toMatch(/^udp\.outage_ms +3\.00 s|≥ 3\.00 s/m);
    expect(told).toMatch(
      /^UNKNOWN +udp\.outage_ms +within 2\.80-3\.80 s ± 100 ms in every trial +at least 3\.00-3\.30 s$/m,
    );
    expect(told.match(/it was not over/g)).toHaveLength(1);
  });
});

describe('bounds that are missing', () => {
  const why = '`include` at r1:keepalived.conf:14 is not followed';
  const missing = (index: number, change: Partial<Trial> = {}) =>
    crashTrial(index, 3300, 50, {
      bounds: {},
      missing_bounds: { 'udp.outage_ms': why, 'vip.takeover_ms': why },
      metrics: { 'vip.takeover_ms': 3301 },
      ...change,
    });
  const takeover: Expectation = { metric: 'vip.takeover_ms', stat: 'each', op: 'within_bound', value: 100 };

  it('are named once, with all that lack for it, in every trial', () => {
    const told = text([missing(1), missing(2)], [...EXPECTATIONS, takeover]);
    expect(told).toContain(
      'UNKNOWN trials 1 and 2 (records: trial-1, trial-2)\n' +
        `  udp.outage_ms, vip.takeover_ms can't be judged: no bound: ${why}\n\n`,
    );
    expect(told.split(why)).toHaveLength(2);
    expect(told).toMatch(/^udp\.outage_ms .* not known$/m);
    expect(told).toMatch(/^PASS +tcp\.survived_ratio/m);
    expect(told).toContain('Clients were cut off for 3.30 s (median of 2 trials), at worst 3.30 s ± 5.0 ms.');
  });

  it('are named with the numbers where no expectation needs them', () => {
    const told = text([missing(1)], []);
    expect(told).toMatch(/^PASS /);
    expect(told).toContain(`What is allowed for udp.outage_ms, vip.takeover_ms is not known: ${why}\n`);
  });

  it('are not meant where nothing was observed', () => {
    const others = ['vip.address_ms', 'vip.takeover_ms'].map((metric) => ({ ...takeover, metric }));
    expect(text([crashTrial(1, 3300)], others)).toContain(
      'UNKNOWN trial 1 (records: trial-1)\n  vip.address_ms, vip.takeover_ms: nothing was observed\n',
    );
  });

  it('do not hide a failure', () => {
    const told = text([missing(1, { metrics: { 'tcp.survived_ratio': 0.5 } })]);
    expect(told).toMatch(/^FAIL /);
    expect(told).toMatch(/^UNKNOWN +udp\.outage_ms/m);
    expect(told).toContain(
      'FAIL trial 1 (records: trial-1)\n  tcp.survived_ratio: wanted == 100 %, observed 50 %\n',
    );
    expect(told).toContain(`observed 3.30 s; no bound: ${why}\n`);
  });
});

describe('notes', () => {
  const note = 'The backup had the interval of its master: 1 s.';

  it('are told once, with their trials where not all have them', () => {
    expect(text([crashTrial(1, 3300, 50, { notes: [note] })])).toContain(`\n${note}\n`);
    const told = text([crashTrial(1, 3300, 50, { notes: [note] }), crashTrial(2, 3300)]);
    expect(told).toContain(`\nIn trial 1: ${note}\n`);
    const journal = assembleJournal(facts, [crashTrial(1, 3300, 50, { notes: [note] })], []);
    expect(markdownReport(journal)).toContain(`- ${note}`);
  });
});

describe('a trial that failed and whose numbers are doubted', () => {
  it('tells the failure, and none of the numbers', () => {
    const told = text([
      crashTrial(1, 99_000, 50, {
        verdict: 'fail',
        doubts: ['starved: 113 ms'],
        reason: 'starved: 113 ms; one-owner: held by r1 and r2',
        audits: [{ name: 'one-owner', verdict: 'fail', detail: 'held by r1 and r2' }],
      }),
    ]);
    expect(told).toMatch(/^FAIL /);
    expect(told).toContain(
      "The numbers of the measurement can't be trusted; what failed does not depend on them.",
    );
    expect(told).toContain('  audit one-owner (fail): held by r1 and r2\n  starved: 113 ms\n');
    expect(told).not.toMatch(/99\.00 s|Nothing could be measured/);
  });
});
