import { declarationOf } from '../analysis/metrics.ts';
import { largest, smallest } from '../ground/extremes.ts';
import { formatRange, formatValue } from '../journal/format-value.ts';
import type { FaultRecord, Journal } from '../journal/journal.ts';
import { ownValue } from '../journal/kept-trial.ts';
import { parseMetricName } from '../journal/metric-name.ts';
import { isLowerBound, isTrusted } from '../journal/trusted.ts';
import { metricNames, probesWith, trustedTrials, valuesOf } from '../journal/trusted-trials.ts';
import { systems } from '../systems/registry.ts';
import { summarize } from '../verdict/statistics.ts';
import { atMost } from './at-most.ts';
import { knownFindings } from './known-findings.ts';
import { measuredIn, measuredWords, quantileOf } from './lower-bounds.ts';

/** With fewer trials an interval of the median says no more than the worst of them. */
const LEAST_FOR_INTERVAL = 3;
/** Trials that are listed one by one. */
const MOST_TRIALS = 10;

/** The findings of a run in few sentences: the fault, what clients felt, what became of TCP sessions, what healing cost. */
export function headline(journal: Journal): string[] {
  const outages = outagesOf(journal);
  const tcp = probesWith(journal, 'survived');
  return [
    ...faultSentences(journal),
    ...trustSentence(journal),
    ...[...systems.values()].flatMap((system) => system.headline?.(journal) ?? []),
    ...outageSentences(journal, outages),
    ...sessionSentences(journal, tcp),
    ...rejoinSentence(journal),
    ...knownFindings(journal),
  ];
}

function faultSentences({ trials }: Journal): string[] {
  const all: readonly FaultRecord[] = trials.flatMap((trial) => trial.faults);
  const faults = Map.groupBy(all, ({ kind, target }) => `${kind} of ${target}`);
  return [...faults].map(([what, records]) => {
    const victims = Map.groupBy(records, (record) => record.resolved);
    const list = [...victims].map(([victim, times]) => {
      return victims.size > 1 ? `${victim} ${times.length === 1 ? 'once' : `${times.length} times`}` : victim;
    });
    const isPlain = records.every((record) => record.resolved === record.target);
    return `Fault: ${what}${isPlain ? '' : `, which was ${list.join(', ')}`}.`;
  });
}

function trustSentence(journal: Journal): string[] {
  const made = journal.trials.length;
  const trusted = trustedTrials(journal).length;
  if (made === 0) return ['Nothing was measured: no trial was made.'];
  if (trusted === made) return [];
  const others = journal.trials.filter((trial) => !isTrusted(trial));
  const unknown = others.every(({ verdict }) => verdict === 'unknown');
  if (trusted > 0) {
    const are = unknown ? 'are unknown' : "can't be trusted";
    return [`The numbers are those of ${trusted} of ${made} trials; the others ${are}.`];
  }
  if (!unknown)
    return ["The numbers of the measurement can't be trusted; what failed does not depend on them."];
  return [`Nothing could be measured: ${made === 1 ? 'the trial is' : `all ${made} trials are`} unknown.`];
}

interface OutageMetric {
  metric: string;
  probe: string;
  /** How the sentence about it begins. */
  subject: string;
  /** The metric that says how far it may be off. */
  error_metric: string;
}

/** The outages that probes had of the faults together. */
function outagesOf(journal: Journal): OutageMetric[] {
  return metricNames(journal).flatMap((metric) => {
    const { fault, subject: probe } = parseMetricName(metric);
    const { sentence, error, after_healing } = declarationOf(metric);
    if (sentence === undefined || fault !== undefined || after_healing) return [];
    return [{ metric, probe, subject: sentence, error_metric: `${probe}.${error}` }];
  });
}

/** Probes that saw no outage have one sentence together. */
function outageSentences(journal: Journal, outages: readonly OutageMetric[]): string[] {
  const quiet = outages.filter(({ metric }) => {
    const all = measuredIn(trustedTrials(journal), metric);
    return all.length > 0 && all.every(({ value, at_least }) => value === 0 && !at_least);
  });
  const spoken = quiet.length > 1 ? outages.filter((outage) => !quiet.includes(outage)) : outages;
  const sentences = spoken.map((outage) => outageSentence(journal, outage, outages.length > 1));
  if (quiet.length < 2) return sentences;
  const errors = quiet.flatMap(({ error_metric }) =>
    valuesOf(journal, error_metric).map(({ value }) => value),
  );
  const names = quiet.map(({ probe }) => probe).join(', ');
  const unseen =
    errors.length === 0
      ? ''
      : `; up to ${formatValue(quiet[0]!.error_metric, largest(errors))} would have gone unseen`;
  return [...sentences, `No outage was seen (probes ${names})${unseen}.`];
}

function outageSentence(journal: Journal, outage: OutageMetric, hasOthers: boolean): string {
  const { metric, probe, subject, error_metric } = outage;
  const trials = trustedTrials(journal).filter((trial) => ownValue(trial, metric) !== undefined);
  const all = measuredIn(trials, metric);
  const worst = all.reduce((a, b) => (b.value > a.value ? b : a));
  const error = ownValue(trials[all.indexOf(worst)]!, error_metric);
  const margin = error === undefined || worst.at_least ? '' : ` ± ${formatValue(metric, error)}`;
  const by = hasOthers ? ` (probe ${probe})` : '';
  if (worst.value === 0) {
    const unseen = error === undefined ? '' : `; up to ${formatValue(metric, error)} would have gone unseen`;
    return `No outage was seen${by}${unseen}.`;
  }
  const of = allowance(journal, metric);
  if (all.length === 1) return `${subject}${by} for ${measuredWords(metric, worst)}${margin}${of}.`;
  const middle = measuredWords(metric, quantileOf(all, 0.5));
  return (
    `${subject}${by} for ${middle} (median of ${all.length} trials${interval(journal, metric)}), ` +
    `at worst ${measuredWords(metric, worst)}${margin}${of}.`
  );
}

/** What the protocols allow for it, over all trials. */
function allowance(journal: Journal, metric: string): string {
  const bounds = trustedTrials(journal).flatMap(({ bounds: all }) => all[metric] ?? []);
  if (bounds.length === 0) return '';
  const range = formatRange(
    metric,
    smallest(bounds.map(({ low }) => low)),
    largest(bounds.map(({ high }) => high)),
  );
  return `, of ${range} allowed`;
}

function interval(journal: Journal, metric: string): string {
  const trials = trustedTrials(journal);
  const values = valuesOf(journal, metric).map(({ value }) => value);
  if (values.length < LEAST_FOR_INTERVAL || trials.some((trial) => isLowerBound(trial, metric))) return '';
  const [low, high] = summarize(values, journal.seed).ci95;
  return `, 95 % interval ${formatRange(metric, low, high)}`;
}

/** Probes that kept all of equally many sessions have one sentence together. */
function sessionSentences(journal: Journal, probes: readonly string[]): string[] {
  const whole = Map.groupBy(probes, (probe) => {
    const sessions = new Set(valuesOf(journal, `${probe}.sessions`).map(({ value }) => value));
    const [count] = sessions;
    const survived = valuesOf(journal, `${probe}.survived`);
    const all = survived.length > 0 && survived.every(({ value }) => value === count);
    return all && sessions.size === 1 && reconnection(journal, probe) === '' ? count! : undefined;
  });
  return [...whole].flatMap(([count, alike]) => {
    if (count === undefined || alike.length < 2)
      return alike.map((probe) => sessionSentence(journal, probe, probes.length > 1));
    const stalls = alike.flatMap((probe) => valuesOf(journal, `${probe}.stall_ms`).map(({ value }) => value));
    const silence =
      stalls.length === 0
        ? ''
        : `; the longest silence of a survivor was ${formatValue(`${alike[0]}.stall_ms`, largest(stalls))}`;
    return [`All TCP sessions lived on (probes ${alike.join(', ')}): ${count} of ${count} each${silence}.`];
  });
}

function sessionSentence(journal: Journal, probe: string, hasOthers: boolean): string {
  const trials = valuesOf(journal, `${probe}.survived`).map(({ trial, value }) => ({
    survived: value,
    sessions: ownValue(trial, `${probe}.sessions`) ?? value,
  }));
  const sum = (key: 'survived' | 'sessions') => trials.reduce((total, trial) => total + trial[key], 0);
  const [survived, sessions] = [sum('survived'), sum('sessions')];
  const lot =
    survived === sessions ? 'All TCP sessions' : survived === 0 ? 'No TCP session' : 'Not all TCP sessions';
  const by = hasOthers ? ` (probe ${probe})` : '';
  return `${lot} lived on${by}: ${perTrial(trials)}${fates(journal, probe)}${longestStall(journal, probe)}${reconnection(journal, probe)}.`;
}

/** How users came back whose sessions were lost, of a probe that plays users who connect again. */
function reconnection(journal: Journal, probe: string): string {
  const metric = `${probe}.reconnect_ms`;
  if (!metricNames(journal).includes(metric)) return '';
  const worst_ms = largest(valuesOf(journal, metric).map(({ value }) => value));
  return `; users who had lost theirs were connected again within ${formatValue(metric, worst_ms)}`;
}

function perTrial(trials: readonly { survived: number; sessions: number }[]): string {
  const first = trials[0]!;
  const sorted = trials.map(({ survived }) => survived).sort((a, b) => a - b);
  if (trials.length === 1) return `${first.survived} of ${first.sessions}`;
  if (trials.some(({ sessions }) => sessions !== first.sessions)) {
    const each = trials.map(({ survived, sessions }) => `${survived} of ${sessions}`);
    return atMost(each, MOST_TRIALS, (count) => `and so on in ${count} more trials`).join(', ');
  }
  if (sorted[0] === sorted.at(-1)) return `${first.survived} of ${first.sessions} in every trial`;
  return `${sorted[0]} to ${sorted.at(-1)} of ${first.sessions}, depending on the trial`;
}

/** What became of the sessions that did not live on. */
function fates(journal: Journal, probe: string): string {
  const listed = (['reset', 'stalled'] as const).flatMap((fate) => {
    const count = valuesOf(journal, `${probe}.${fate}`).reduce((total, { value }) => total + value, 0);
    return count > 0 ? [`${count} ${fate}`] : [];
  });
  return listed.length > 0 ? ` (${listed.join(', ')})` : '';
}

function longestStall(journal: Journal, probe: string): string {
  const metric = `${probe}.stall_ms`;
  const stalls = valuesOf(journal, metric).map(({ value }) => value);
  return stalls.length > 0
    ? `; the longest silence of a survivor was ${formatValue(metric, largest(stalls))}`
    : '';
}

function rejoinSentence(journal: Journal): string[] {
  const metric = 'rejoin.outage_ms';
  const worst = measuredIn(trustedTrials(journal), metric).toSorted((a, b) => b.value - a.value)[0];
  if (!worst || worst.value === 0) return [];
  return [`Healing cost clients another outage: at worst ${measuredWords(metric, worst)}.`];
}
