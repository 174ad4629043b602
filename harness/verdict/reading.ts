import type { Bound, Expectation, MetricPart, Trial, Verdict } from '../journal/journal.ts';
import { ownValue } from '../journal/kept-trial.ts';
import { isLowerBound, isTrusted } from '../journal/trusted.ts';
import { unjudgedLoss } from './unjudged-loss.ts';

/** What one trial says about one expectation. */
export interface Reading {
  trial: Trial;
  /** The metric; undefined when the trial has none that can be trusted. */
  value: number | undefined;
  /** The value is only the least that it may be. */
  at_least: boolean;
  /**
   * Between these lies what is compared: the value, or for `within_bound` how far it lies outside its bound (negative:
   * inside). Infinite where nothing is known.
   */
  span: Span;
  /** Why it can't be judged, or not in every case; undefined when it can. */
  lack: string | undefined;
  /** Partial loss that is judged with an outage: "50 % were lost for 3.00 s". */
  beside?: string;
}

export interface Span {
  low: number;
  high: number;
}

const ANYTHING: Span = { low: -Infinity, high: Infinity };

/**
 * Reads an expectation's metric off a trial. Where an outage may not be longer, partial loss counts as well, unless the
 * drill says what may be lost: for as long as it adds up to at least, for its whole length at most.
 * @param expected every metric that the drill expects something of.
 */
export function readingOf(
  expectation: Expectation,
  trial: Trial,
  expected: ReadonlySet<string> = new Set(),
): Reading {
  const reading = plainReading(expectation, trial);
  const { metric, op } = expectation;
  if (reading.value === undefined || op === '>' || op === '>=' || op === '!=') return reading;
  const loss = unjudgedLoss(metric, trial, expected);
  const most = op === 'within_bound' ? own(trial.bounds, metric)?.high : 0;
  if (!loss || most === undefined) return reading;
  const { low, high } = reading.span;
  const span = { low: Math.max(low, loss.low_ms - most), high: Math.max(high, loss.high_ms - most) };
  if (span.low === low && span.high === high) return reading;
  const lack = `${loss.words} (no outage): what may be lost is not expected, add ${loss.to_expect}`;
  return { ...reading, span, lack: reading.lack ?? lack, beside: loss.words };
}

function plainReading({ metric, op }: Expectation, trial: Trial): Reading {
  const nothing = { trial, value: undefined, at_least: false, span: ANYTHING };
  if (!isTrusted(trial)) return { ...nothing, lack: distrust(trial) };
  const value = ownValue(trial, metric);
  if (value === undefined || !Number.isFinite(value)) {
    const reason = own(trial.missing_metrics ?? {}, metric) ?? own(trial.missing_bounds ?? {}, metric);
    return { ...nothing, lack: `no value${reason === undefined ? '' : `: ${reason}`}` };
  }
  const at_least = isLowerBound(trial, metric);
  const parts = own(trial.parts ?? {}, metric) ?? [];
  const open = at_least ? `at least ${value}, and ${unknownPart(parts) ?? 'it was not over'}` : undefined;
  const least = own(trial.least ?? {}, metric) ?? value;
  const lack = open ?? (least < value ? partlyServed(least, value) : undefined);
  if (op !== 'within_bound') {
    return { trial, value, at_least, span: { low: least, high: at_least ? Infinity : value }, lack };
  }
  if (parts.length > 0) return ofParts(trial, value, parts, at_least);
  const bound = own(trial.bounds, metric);
  if (bound) {
    return { trial, value, at_least, span: outsideFrom(bound, { low: least, high: value }, at_least), lack };
  }
  const why = own(trial.missing_bounds ?? {}, metric);
  return { trial, value, at_least, span: ANYTHING, lack: `no bound${why ? `: ${why}` : ''}` };
}

/** What follows from what is known: `unknown` when the expectation may hold or not. */
export function verdictOn({ op, value }: Pick<Expectation, 'op' | 'value'>, { low, high }: Span): Verdict {
  const [always, never] = {
    '<': [high < value, low >= value],
    '<=': [high <= value, low > value],
    within_bound: [high <= value, low > value],
    '==': [low === value && high === value, low > value || high < value],
    '!=': [low > value || high < value, low === value && high === value],
    '>=': [low >= value, high < value],
    '>': [low > value, high <= value],
  }[op] as [boolean, boolean];
  if (always) return 'pass';
  return never ? 'fail' : 'unknown';
}

/** What is only a lower bound may still come to lie inside, or beyond. */
function outside({ low, high }: Bound, value: number, at_least: boolean): Span {
  const distance = (of: number) => Math.max(low - of, of - high);
  if (!at_least) return { low: distance(value), high: distance(value) };
  return { low: distance(Math.max(value, (low + high) / 2)), high: Infinity };
}

/** Of a value that lies between two: as far inside and as far outside as it may be. */
function outsideFrom(bound: Bound, { low, high }: Span, at_least: boolean): Span {
  if (low === high) return outside(bound, high, at_least);
  const inner = Math.min(Math.max((bound.low + bound.high) / 2, low), high);
  const distances = [low, high, inner].map((of) => outside(bound, of, false));
  return {
    low: Math.min(...distances.map((one) => one.low)),
    high: at_least ? Infinity : Math.max(...distances.map((one) => one.high)),
  };
}

function partlyServed(least: number, value: number): string {
  return `by timestamps it is ${value}, by loss at least ${least}: some requests were answered in that time`;
}

/** Each part by its own bound: the one farthest outside counts, and what is not known of one is not known of all. */
function ofParts(trial: Trial, value: number, parts: readonly MetricPart[], at_least: boolean): Reading {
  const spans = parts.map(({ value: part, bound }) =>
    part === undefined || bound === undefined ? ANYTHING : outside(bound, part, false),
  );
  const span = {
    low: Math.max(...spans.map(({ low }) => low)),
    high: Math.max(...spans.map(({ high }) => high)),
  };
  const unbounded = parts.find(({ value: part, bound }) => part !== undefined && !bound);
  const lack =
    unknownPart(parts) ??
    (unbounded && `no bound of ${unbounded.of}${unbounded.missing ? `: ${unbounded.missing}` : ''}`);
  return { trial, value, at_least, span, lack, ...besideOf(parts, spans, value) };
}

/** The part that is judged, where it is not the one that the metric's value is of. */
function besideOf(
  parts: readonly MetricPart[],
  spans: readonly Span[],
  value: number,
): Pick<Reading, 'beside'> {
  const worst = spans.indexOf(spans.toSorted((a, b) => b.low - a.low)[0]!);
  const { of, value: own_value, bound } = parts[worst]!;
  if (own_value === undefined || own_value === value || !bound) return {};
  return { beside: `${of} ${own_value} of ${bound.low} to ${bound.high} (${bound.from})` };
}

function unknownPart(parts: readonly MetricPart[]): string | undefined {
  const part = parts.find(({ value }) => value === undefined);
  return part && `that of ${part.of} is not known${part.missing ? `: ${part.missing}` : ''}`;
}

function distrust({ doubts = [], reason }: Trial): string {
  const why = doubts.length > 0 ? doubts.join('; ') : reason;
  return `it can't be trusted${why ? ` (${why})` : ''}`;
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
