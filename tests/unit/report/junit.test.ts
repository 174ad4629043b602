import { parseXml, XmlElement } from '@rgrove/parse-xml';
import { describe, expect, test } from 'vitest';
import type { Journal, Trial, Verdict } from '../../../harness/journal/journal.ts';
import { junitReport } from '../../../harness/report/junit.ts';
import { crashTrial, journalOf, unknownTrial } from './journals.ts';

interface Case {
  name: string;
  verdict: Verdict;
  message: string | undefined;
}

function suiteOf(journal: Journal) {
  const suite = parseXml(junitReport(journal)).root!.children.find((one) => one instanceof XmlElement)!;
  const elements = suite.children.filter((one) => one instanceof XmlElement);
  const cases = elements
    .filter(({ name }) => name === 'testcase')
    .map(({ attributes, children }): Case => {
      const bad = children.find((one) => one instanceof XmlElement);
      const verdict = bad === undefined ? 'pass' : bad.name === 'failure' ? 'fail' : 'unknown';
      return { name: attributes.name!, verdict, message: bad?.attributes.message };
    });
  return { attributes: suite.attributes, order: elements.map(({ name }) => name), cases };
}

describe('a run as JUnit XML', () => {
  test('has a case for each expectation, each audit and the trials', () => {
    const { cases, attributes } = suiteOf(journalOf([crashTrial(1, 3300), crashTrial(2, 3300, 40)]));
    expect(cases.map(({ verdict, name }) => `${verdict} ${name}`)).toEqual([
      'pass udp.outage_ms within 2.80-3.80 s ± 100 ms in every trial',
      'fail tcp.survived_ratio == 100 % in every trial',
      'pass rejoin.outage_ms <= 50 ms in every trial',
      'pass audit one-owner',
      'pass trials',
    ]);
    expect(cases[1]!.message).toBe(
      'tcp.survived_ratio: wanted == 100 % in every trial, observed 80-100 %, worst 80 %',
    );
    expect(attributes).toMatchObject({
      tests: '5',
      failures: '1',
      errors: '0',
      skipped: '0',
      time: '32.000',
    });
  });

  test('says what is unknown as an error, with its reason', () => {
    const { cases, attributes } = suiteOf(journalOf([crashTrial(1, 3300), unknownTrial(2, 'no answer')]));
    const trials = cases.find(({ name }) => name === 'trials')!;
    expect(trials).toMatchObject({ verdict: 'unknown', message: 'unknown trial 2: no answer' });
    expect(Number(attributes.errors)).toBeGreaterThan(0);
    expect(attributes).toMatchObject({ failures: '0', skipped: '0' });
  });

  test('has a finding of its own where an expectation fails as well', () => {
    const alone = crashTrial(1, 3300, 50, { verdict: 'fail', reason: 'the old master did not come back' });
    const { cases } = suiteOf(journalOf([alone, crashTrial(2, 3300, 40)]));
    const trials = cases.find(({ name }) => name === 'trials')!;
    expect(trials).toMatchObject({
      verdict: 'fail',
      message: 'fail trial 1: the old master did not come back (records: trial-1)',
    });
  });

  test.each<[string, Journal]>([
    ['an audit that failed', journalOf([crashTrial(1, 3300, 50, failedAudit())])],
    [
      'a trial that failed for a reason of its own',
      journalOf([crashTrial(1, 3300, 50, { verdict: 'fail' })]),
    ],
    ['trials that were not made', journalOf([crashTrial(1, 3300)], { trials_asked: 3, verdict: 'unknown' })],
    ['no trial', journalOf([])],
    ['a pass', journalOf([crashTrial(1, 3300)])],
  ])('reads as the verdict of a run with %s', (_, journal) => {
    const { cases } = suiteOf(journal);
    const worst = (['fail', 'unknown', 'pass'] as const).find((one) =>
      cases.some(({ verdict }) => verdict === one),
    );
    expect(worst).toBe(journal.verdict);
  });

  test('has the elements in the order of the schema, and no text that ends one', () => {
    const hostile = ']]></failure><script>"\'&\uFFFE\u0007\n\u202E';
    const journal = { ...journalOf([unknownTrial(1, hostile)]), drill: `  ${hostile}`, profile: hostile };
    const { order, cases, attributes } = suiteOf(journal);
    expect([...new Set(order)]).toEqual(['properties', 'testcase', 'system-out', 'system-err']);
    expect(attributes.name).toMatch(/^\]\]><\/failure><script>"'&/);
    expect(cases.at(-1)!.message).toContain(']]></failure><script>');
    expect(junitReport(journal)).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\uFFFE/u);
  });
});

function failedAudit(): Partial<Trial> {
  return { verdict: 'fail', audits: [{ name: 'one-owner', verdict: 'fail', detail: 'two own it' }] };
}
