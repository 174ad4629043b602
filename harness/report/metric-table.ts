import { declarationIn, declarationOf } from '../analysis/metrics.ts';
import { largest, smallest } from '../ground/extremes.ts';
import { formatRange } from '../journal/format-value.ts';
import type { Bound, Journal } from '../journal/journal.ts';
import { parseMetricName } from '../journal/metric-name.ts';
import { numbersBetween, type Section } from '../journal/section.ts';
import { trustedTrials, valuesOf } from '../journal/trusted-trials.ts';
import { measuredIn, measuredSign, quantileOf } from './lower-bounds.ts';
import { missingBounds } from './missing-bounds.ts';

/** How many reasons for the bounds of one metric are listed one by one. */
const MOST_REASONS = 3;
/**
 * The important metrics next to what the protocol allows; one column of values when there is one trial. The notes say
 * where the bounds come from, which counts belong together, and what is zero.
 */
export function metricTable(journal: Journal): Section {
  const summary = spansOf(journal);
  const parts = partNotes(journal, summary);
  const names = Object.keys(summary).filter((name) => isInTable(name) && !parts.listed.has(name));
  const bounds = new Map(names.map((name) => [name, boundsOf(journal, name)]));
  const missing = missingBounds(journal);
  const isZero = (name: string) =>
    summary[name]!.min === 0 &&
    summary[name]!.max === 0 &&
    bounds.get(name)!.length === 0 &&
    missing.of(name).length === 0;
  const shown = names.filter((name) => !isZero(name)).sort((a, b) => rank(a) - rank(b));
  const single = trustedTrials(journal).length === 1;
  const head = ['METRIC', ...(single ? ['VALUE'] : ['MIN', 'MEDIAN', 'P95', 'MAX']), 'ALLOWED'];
  return {
    title: 'Numbers',
    head,
    align: numbersBetween(head),
    rows: shown.map((name) => [
      name,
      ...values(journal, name, single),
      allowed(name, bounds.get(name)!, missing.of(name).length > 0),
    ]),
    notes: [
      ...boundNotes(shown, bounds),
      ...missing.notes(shown),
      ...parts.notes,
      ...sentence('Zero in all trials: ', names.filter(isZero)),
      ...sentence('Not in all trials: ', partial(journal, shown)),
    ],
  };
}

interface Span {
  min: number;
  max: number;
}

/** Every metric of the trusted trials, in the order of their first appearance, with its least and its largest value. */
function spansOf(journal: Journal): Record<string, Span> {
  const spans = new Map<string, Span>();
  for (const { metrics } of trustedTrials(journal)) {
    for (const [name, value] of Object.entries(metrics)) {
      if (!Number.isFinite(value)) continue;
      const { min, max } = spans.get(name) ?? { min: value, max: value };
      spans.set(name, { min: Math.min(min, value), max: Math.max(max, value) });
    }
  }
  return Object.fromEntries(spans);
}

function values(journal: Journal, name: string, single: boolean): string[] {
  const measured = measuredIn(trustedTrials(journal), name);
  const quantiles = single ? [1] : [0, 0.5, 0.95, 1];
  return quantiles.map((quantile) => measuredSign(name, quantileOf(measured, quantile)));
}

/** Shown here, and not as the error of another number, in a sentence or a table of its own, or with the machine. */
function isInTable(name: string): boolean {
  const { reported } = declarationOf(name);
  return reported === 'table' || reported === 'first';
}

/** Where a metric stands: outages first, then what explains them; times before ratios before counts; what healing cost last. */
function rank(name: string): number {
  const { role, reported, unit, after_healing } = declarationOf(name);
  const of_whole = parseMetricName(name).fault === undefined;
  if (of_whole && role === 'outage' && !after_healing) return 0;
  if (of_whole && reported === 'first') return 1;
  if (after_healing) return 5;
  return unit === 'ms' ? 2 : unit === 'ratio' ? 3 : 4;
}

function boundsOf(journal: Journal, name: string): Bound[] {
  return trustedTrials(journal).flatMap(({ bounds }) => (Object.hasOwn(bounds, name) ? [bounds[name]!] : []));
}

function allowed(name: string, bounds: readonly Bound[], is_missing: boolean): string {
  if (bounds.length === 0) return is_missing ? 'not known' : '';
  const [low, high] = [smallest(bounds.map((one) => one.low)), largest(bounds.map((one) => one.high))];
  return `${low === high ? '~' : ''}${formatRange(name, low, high)}`;
}

function boundNotes(names: readonly string[], bounds: ReadonlyMap<string, Bound[]>): string[] {
  const metrics = new Map<string, Set<string>>();
  for (const name of names) {
    for (const from of reasons(bounds.get(name)!))
      metrics.set(from, (metrics.get(from) ?? new Set()).add(name));
  }
  return [...metrics].map(([from, allows]) => `Allowed for ${[...allows].join(', ')}: ${from}`);
}

/** Where a bound is another in every trial, the first stands for all. */
function reasons(bounds: readonly Bound[]): string[] {
  const all = [...new Set(bounds.map(({ from }) => from))];
  return all.length <= MOST_REASONS ? all : [`${all[0]}, and ${all.length - 1} others like it`];
}

function partNotes(
  journal: Journal,
  summary: Readonly<Record<string, Span>>,
): { notes: string[]; listed: Set<string> } {
  const listed = new Set<string>();
  const notes: string[] = [];
  const total = (metric: string) => valuesOf(journal, metric).reduce((sum, { value }) => sum + value, 0);
  const names = Object.keys(summary);
  for (const name of names) {
    const { fault, subject } = parseMetricName(name);
    const { part } = declarationIn(name, names);
    const lost = `${subject}.${part?.of}`;
    if (!part || fault !== undefined || !(lost in summary)) continue;
    listed.add(name).add(lost);
    notes.push(`${subject}: ${total(lost)} of ${total(name)} ${part.words}.`);
  }
  return { notes, listed };
}

function partial(journal: Journal, names: readonly string[]): string[] {
  const all = trustedTrials(journal).length;
  return names.flatMap((name) => {
    const { length } = valuesOf(journal, name);
    return length < all ? [`${name} (${length} of ${all})`] : [];
  });
}

function sentence(words: string, list: readonly string[]): string[] {
  return list.length > 0 ? [`${words}${list.join(', ')}.`] : [];
}
