import type { Journal } from '../journal/journal.ts';
import { ownValue } from '../journal/kept-trial.ts';
import type { Mark } from './expectation-rows.ts';
import { markupText } from './markup-text.ts';
import { type ReportModel, reportModel } from './model.ts';

/** One line of the result list of a CI. */
interface Case {
  name: string;
  group: string;
  verdict: Mark;
  /** In one line. */
  message: string;
  details: readonly string[];
}

/**
 * A run as JUnit XML (the schema of Ant's task, which CI systems read): a case for each expectation, for each audit, and
 * for the trials. What failed is a `failure`; what is unknown is an `error` and never `skipped`, which CI shows as
 * green: that is what a known finding is.
 */
export function junitReport(journal: Journal): string {
  const model = reportModel(journal);
  const cases = withVerdict(model, [...expectationCases(model), ...auditCases(journal)]);
  const count = (verdict: Mark) => cases.filter((one) => one.verdict === verdict).length;
  const suite = {
    package: 'hadrill',
    id: 0,
    name: token(model.drill),
    timestamp: journal.started_at.slice(0, 19),
    hostname: 'localhost',
    tests: cases.length,
    failures: count('fail'),
    errors: count('unknown'),
    skipped: count('known'),
    time: seconds(journal),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    `<testsuite ${attributes(suite)}>`,
    '<properties>',
    ...propertiesOf(model, journal).map(([name, value]) => `<property ${attributes({ name, value })}/>`),
    '</properties>',
    ...cases.map((one) => caseElement(token(model.drill), one)),
    `<system-out>${markupText([...model.headline, ...model.notes].join('\n'))}</system-out>`,
    '<system-err></system-err>',
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function expectationCases({ expectations, problems }: ReportModel): Case[] {
  return expectations.map(({ metric, verdict, wanted, observed }) => {
    const own = problems.flatMap(({ where, lines, records }) =>
      lines
        .filter((line) => line.includes(metric))
        .map((line) => `${where}: ${line}${records ? ` (records: ${records})` : ''}`),
    );
    const message = `${metric}: wanted ${wanted}, observed ${observed}`;
    return { name: `${metric} ${wanted}`, group: 'expectations', verdict, message, details: own };
  });
}

/** The audits by name, over all trials; the worst of each. */
function auditCases({ trials }: Journal): Case[] {
  const all = trials.flatMap(({ index, audits }) => audits.map((audit) => ({ ...audit, index })));
  return [...Map.groupBy(all, ({ name }) => name)].map(([name, its]) => {
    const bad = its.filter(({ verdict }) => verdict !== 'pass');
    const verdict = (['fail', 'unknown'] as const).find((one) => bad.some((audit) => audit.verdict === one));
    const first = bad.find((audit) => audit.verdict === verdict);
    const details = bad.map(({ index, detail, verdict: own }) => `trial ${index} (${own}): ${detail}`);
    return {
      name: `audit ${name}`,
      group: 'audits',
      verdict: verdict ?? 'pass',
      message: first ? `trial ${first.index}: ${first.detail}` : '',
      details,
    };
  });
}

/** And the trials: what no case before it says; with the run's verdict where no other case has it. */
function withVerdict(model: ReportModel, cases: readonly Case[]): Case[] {
  const findings = model.problems.flatMap(({ where, lines, verdict, records }) =>
    lines
      .filter((line) => !isSaidBy(model, line))
      .map((line) => ({
        verdict,
        text: `${verdict} ${where}: ${line.trim()}${records ? ` (records: ${records})` : ''}`,
      })),
  );
  const listed = [...cases, ...findings].some(({ verdict }) => verdict === model.verdict);
  const worst = (['fail', 'unknown'] as const).find((one) => findings.some(({ verdict }) => verdict === one));
  const verdict = listed ? (worst ?? 'pass') : model.verdict;
  const details = findings.map(({ text }) => text);
  const message = findings.find((one) => one.verdict === verdict)?.text ?? model.conditions;
  return [...cases, { name: 'trials', group: 'trials', verdict, message, details }];
}

/** Whether a line of a problem is that of an expectation or of an audit. */
function isSaidBy({ expectations }: ReportModel, line: string): boolean {
  return (
    line.startsWith('audit ') ||
    expectations.some(({ metric, verdict }) => verdict !== 'pass' && line.startsWith(`${metric}: `))
  );
}

function caseElement(drill: string, { name, group, verdict, message, details }: Case): string {
  const open = `<testcase ${attributes({ name: token(name), classname: `${drill} ${group}`, time: 0 })}`;
  if (verdict === 'pass') return `${open}/>`;
  if (verdict === 'known') return `${open}>\n<skipped ${attributes({ message })}/>\n</testcase>`;
  const kind = verdict === 'fail' ? 'failure' : 'error';
  const text = details.length > 0 ? details.join('\n') : message;
  return `${open}>\n<${kind} ${attributes({ message, type: verdict })}>${markupText(text)}</${kind}>\n</testcase>`;
}

function propertiesOf(model: ReportModel, { seed, profile, started_at }: Journal): [string, string][] {
  return [
    ['verdict', model.verdict],
    ['conditions', model.conditions],
    ['profile', profile],
    ['seed', String(seed)],
    ['started_at', started_at],
    ['environment', model.environment],
    ['repeat', model.repeat],
  ];
}

/** All trials together, in s, as far as it was noted. */
function seconds({ trials }: Journal): string {
  const wall_ms = trials.reduce((sum, trial) => sum + (ownValue(trial, 'trial.wall_ms') ?? 0), 0);
  return (wall_ms / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${markupText(String(value)).replaceAll('\n', '&#10;')}"`)
    .join(' ');
}

/** An `xs:token` of one character at least: no blanks at its ends, none in a row. */
function token(text: string): string {
  return text.replace(/\s+/g, ' ').trim() || '_';
}
