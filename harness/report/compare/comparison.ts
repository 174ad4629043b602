import type { Journal, Verdict } from '../../journal/journal.ts';
import type { DrillProbe } from '../../journal/run-facts.ts';
import { isTrusted } from '../../journal/trusted.ts';
import { differencesOf, instrumentOf, requireComparable } from './differences.ts';
import { type MetricChange, metricChanges } from './metric-changes.ts';
import { type RateChange, rateChanges, same } from './rate-changes.ts';

/** What `--json` prints. */
const COMPARISON_SCHEMA = 'hadrill.comparison/1';

/** A run that is compared. */
export interface Side {
  folder: string;
  journal: Journal;
  /** undefined where they were not noted. */
  probes: readonly DrillProbe[] | undefined;
}

/** What a run says beside an earlier one of the same drill. */
export interface Comparison {
  schema: typeof COMPARISON_SCHEMA;
  drill: string;
  /** `fail`: something is worse. `unknown`: something of which the drill expects something could not be compared. */
  verdict: Verdict;
  base: SideFacts;
  now: SideFacts;
  /** What is not the same with the two runs: one clause each. */
  differences: string[];
  /** Verdicts that are others. */
  flips: Flip[];
  metrics: MetricChange[];
  rates: RateChange[];
}

export interface SideFacts {
  folder: string;
  started_at: string;
  profile: string;
  seed: number;
  verdict: Verdict;
  trials: number;
  /** Those whose numbers count. */
  trusted: number;
}

export interface Flip {
  /** For people: `the run`, `udp.outage_ms <= 5000`. */
  what: string;
  from: Verdict;
  to: Verdict;
  /** The new run's drill knows the finding: it makes nothing worse. */
  known?: true;
}

/**
 * Compares a run with an earlier one of the same drill.
 * @throws InputError where they must not be compared: another drill, fault or probe.
 */
export function compareRuns(base: Side, now: Side): Comparison {
  requireComparable(instrumentOf(base.journal, base.probes), instrumentOf(now.journal, now.probes));
  const found = {
    flips: flipsOf(base.journal, now.journal),
    metrics: metricChanges(base.journal, now.journal),
    rates: rateChanges(base.journal, now.journal),
  };
  return {
    schema: COMPARISON_SCHEMA,
    drill: now.journal.drill,
    verdict: verdictOf(found, now.journal),
    base: factsOf(base),
    now: factsOf(now),
    differences: differencesOf(base.journal, now.journal),
    ...found,
  };
}

function verdictOf(
  { flips, metrics, rates }: Pick<Comparison, 'flips' | 'metrics' | 'rates'>,
  now: Journal,
): Verdict {
  const judged = [...metrics, ...rates].filter((one) => one.judged).map(({ word }) => word);
  if (judged.includes('worse') || flips.some(({ to, known }) => to === 'fail' && !known)) return 'fail';
  const lacking = judged.some((word) => word === 'too few trials' || word === 'not known');
  return lacking || now.verdict === 'unknown' ? 'unknown' : 'pass';
}

function flipsOf(base: Journal, now: Journal): Flip[] {
  const run: Flip = { what: 'the run', from: base.verdict, to: now.verdict };
  const expectations = now.expectations.flatMap((one): Flip[] => {
    const before = base.expectations.find((other) => same(one, other));
    const what = `${one.metric} ${one.op} ${one.value}`;
    const known = one.known === undefined ? {} : { known: true as const };
    return before ? [{ what, from: before.verdict, to: one.verdict, ...known }] : [];
  });
  return [run, ...expectations].filter(({ from, to }) => from !== to);
}

function factsOf({ folder, journal }: Side): SideFacts {
  const { started_at, profile, seed, verdict, trials } = journal;
  return {
    folder,
    started_at,
    profile,
    seed,
    verdict,
    trials: trials.length,
    trusted: trials.filter(isTrusted).length,
  };
}
