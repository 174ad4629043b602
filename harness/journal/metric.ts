/** What a value is in. Names of metrics end in `_ms` and `_ratio`; what has another unit, or none, has no such ending. */
export type MetricUnit = 'ms' | 'ratio' | 'per_s' | 'none';

/**
 * What a metric is to the rest of the harness.
 * - `outage`: for how long clients were without service; what they waited for, and what protocols bound.
 * - `witness`: the same outage as something else than the client shows it.
 * - `stall`, `takeover`: for how long a session was silent; how long it took until another node served.
 * - `duration`, `ratio`, `rate`, `count`: any other of these.
 * - `error`: how far another metric may be off, either way.
 * - `level`: a class of a standard, 0 for none.
 * - `flag`: 1 or 0.
 */
export type MetricRole = keyof typeof UNITS;

const UNITS = {
  outage: 'ms',
  witness: 'ms',
  stall: 'ms',
  takeover: 'ms',
  duration: 'ms',
  error: 'ms',
  ratio: 'ratio',
  rate: 'per_s',
  count: 'none',
  level: 'none',
  flag: 'none',
} as const satisfies Record<string, MetricUnit>;

/**
 * Where the reports for people tell a metric: in the table of numbers (`first` among them, beside the outages), beside the
 * number whose error it is, in a sentence of the findings, with the steps of the takeover, with the other yardsticks, with
 * the machine that the numbers were made on. All metrics are in the journal.
 */
export type MetricPlace =
  | 'first'
  | 'table'
  | 'beside'
  | 'findings'
  | 'steps'
  | 'yardsticks'
  | 'machine'
  | 'journal';

/** A metric, declared once by what gives it. */
export interface MetricDeclaration {
  /** In words, for people. */
  meaning: string;
  unit: MetricUnit;
  role: MetricRole;
  reported: MetricPlace;
  /** It rests on the captures: where they lack something it is not known. */
  from_captures?: true;
  /** It is known when healing begins: what the machine does to the rest of the trial does not change it. */
  until_healing?: true;
  /** Every fault of a trial has one of its own; the one without a number is of the first, or of the whole trial. */
  per_fault?: true;
  /** It is of the time after the healing began, not of the fault. */
  after_healing?: true;
  /** The measure that says how far it may be off. */
  error?: string;
  /** Of an outage: the beginning of the sentence that tells it, `Clients were cut off`. */
  sentence?: string;
  /** Of a count: the measure that is a part of it, and what that part is: `lost`, `datagrams lost`. */
  part?: { of: string; words: string };
}

/** Metrics by name: full names of a system's, measures without the probe's name of a probe's. */
export type MetricDeclarations = Readonly<Record<string, MetricDeclaration>>;

type Details = Omit<Partial<MetricDeclaration>, 'meaning' | 'unit' | 'role'>;

function declaring(role: MetricRole, reported: MetricPlace = 'table') {
  return (meaning: string, details: Details = {}): MetricDeclaration => ({
    meaning,
    unit: UNITS[role],
    role,
    reported,
    ...details,
  });
}

/** One function for each role. */
export const metric = {
  outage: declaring('outage'),
  witness: declaring('witness'),
  stall: declaring('stall'),
  takeover: declaring('takeover'),
  duration: declaring('duration'),
  error: declaring('error', 'beside'),
  ratio: declaring('ratio'),
  rate: declaring('rate'),
  count: declaring('count'),
  level: declaring('level'),
  flag: declaring('flag'),
} as const satisfies Record<MetricRole, ReturnType<typeof declaring>>;

/** What can be said of a metric that nothing here declares, as in a journal of another version: by its name's unit. */
export function undeclared(name: string): MetricDeclaration {
  const meaning = 'is not known to this version';
  if (name.endsWith('_ms')) return metric.duration(meaning);
  return name.endsWith('_ratio') ? metric.ratio(meaning) : metric.count(meaning);
}
