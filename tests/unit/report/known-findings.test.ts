import { describe, expect, test } from 'vitest';
import { assembleJournal } from '../../../harness/analysis/assemble-journal.ts';
import type { Expectation, Journal, Trial } from '../../../harness/journal/journal.ts';
import { RUN_FACTS_SCHEMA } from '../../../harness/journal/run-facts.ts';
import { compareRuns } from '../../../harness/report/compare/comparison.ts';
import { comparisonText } from '../../../harness/report/compare/comparison-text.ts';
import { reportPage } from '../../../harness/report/html/report-page.ts';
import { junitReport } from '../../../harness/report/junit.ts';
import { markdownReport } from '../../../harness/report/markdown.ts';
import { terminalReport } from '../../../harness/report/terminal.ts';
import { crashTrial, journalOf, unknownTrial } from './journals.ts';

const FINDING = 'sessions of the old master are reset';
const SURVIVED: Expectation = {
  ...{ metric: 'tcp.survived_ratio', stat: 'each', op: '==', value: 1 },
  known: FINDING,
} as const;

function runOf(trials: readonly Trial[], expect: readonly Expectation[] = [SURVIVED]): Journal {
  const { drill, topology, profile, seed, started_at, environment } = journalOf([]);
  const hold = { steady_ms: 1, takeover_ms: 1, recovery_ms: 1, settled_ms: 1, rejoin_ms: 1 };
  const run = { schema: RUN_FACTS_SCHEMA, drill, topology, profile, seed, started_at, environment, hold };
  return assembleJournal({ ...run, probes: [], expect: [...expect] } as never, trials, []);
}

describe('an expectation with a known finding', () => {
  const found = runOf([crashTrial(1, 3300, 40)]);

  test('that fails by it fails neither its trial nor the run, and its record says so', () => {
    expect(found).toMatchObject({
      verdict: 'pass',
      expectations: [{ verdict: 'fail', known: FINDING }],
      trials: [{ verdict: 'pass' }],
    });
    expect(runOf([crashTrial(1, 3300, 40)], [{ ...SURVIVED, stat: 'median' }]).verdict).toBe('pass');
  });

  test('excuses nothing else', () => {
    const other: Expectation = { metric: 'tcp.survived_ratio', stat: 'each', op: '>=', value: 0.9 };
    expect(runOf([crashTrial(1, 3300, 40)], [SURVIVED, other])).toMatchObject({
      verdict: 'fail',
      trials: [{ verdict: 'fail', reason: expect.stringContaining('>= 0.9') }],
    });
    const broken = crashTrial(1, 3300, 40, { verdict: 'fail', reason: 'it did not come back' });
    expect(runOf([broken]).verdict).toBe('fail');
  });

  test('is unknown where it cannot be judged, and so is the run', () => {
    const { metrics, ...rest } = crashTrial(1, 3300);
    const { 'tcp.survived_ratio': _, ...others } = metrics;
    expect(runOf([{ ...rest, metrics: others }]).verdict).toBe('unknown');
    expect(runOf([unknownTrial(1, 'no answer')]).verdict).toBe('unknown');
  });

  test('is known, with its finding, in every report', () => {
    const sentence = `Known finding: ${FINDING} (tcp.survived_ratio: wanted == 100 %, observed 80 %).`;
    const text = terminalReport(found, { colour: false, width: 1000 });
    expect(text).toContain(sentence);
    expect(text).toMatch(/^KNOWN +tcp\.survived_ratio/m);
    expect(text).toMatch(/^PASS l3\/node-crash/);
    expect(markdownReport(found)).toContain('| KNOWN | tcp.survived\\_ratio |');
    expect(reportPage(found)).toContain(sentence);
    expect(reportPage(found)).toContain('<span class="mark known">');
    const junit = junitReport(found);
    expect(junit).toMatch(/<testsuite [^>]*failures="0" errors="0" skipped="1"/);
    expect(junit).toContain('<skipped message="tcp.survived_ratio: wanted == 100 %, observed 80 %"/>');
  });

  test('that holds is a pass which the report remarks on', () => {
    const gone = runOf([crashTrial(1, 3300)]);
    expect(gone.verdict).toBe('pass');
    expect(terminalReport(gone, { colour: false, width: 1000 })).toContain(
      `A known finding was NOT seen: ${FINDING} (tcp.survived_ratio: wanted == 100 %, observed 100 %). If it is gone, take 'known' out of the drill.`,
    );
    expect(junitReport(gone)).toMatch(/skipped="0"/);
  });

  test('makes a run no worse than one in which it was not seen', () => {
    const some = (survived: number) =>
      runOf(Array.from({ length: 10 }, (_, at) => crashTrial(at + 1, 3300, at === 3 ? survived : 50)));
    const side = (journal: Journal) => ({ folder: 'results', journal, probes: undefined });
    const comparison = compareRuns(side(some(50)), side(some(40)));
    expect(comparison.verdict).toBe('pass');
    expect(comparisonText(comparison)).toContain('pass -> fail (known): tcp.survived_ratio == 1');
    const strict = compareRuns(
      side(some(50)),
      side(
        runOf(
          [crashTrial(1, 3300, 40), ...some(50).trials.slice(1)],
          [{ metric: 'tcp.survived_ratio', stat: 'each', op: '==', value: 1 }],
        ),
      ),
    );
    expect(strict.verdict).toBe('fail');
  });
});
