import type { Journal, Trial } from './journal.ts';
import { metricNamesOf, ownValue } from './kept-trial.ts';
import { parseMetricName } from './metric-name.ts';
import { isTrusted } from './trusted.ts';

/** The trials whose numbers count: one that is not trusted was disturbed, or broke off. */
export function trustedTrials({ trials }: Journal): Trial[] {
  return trials.filter(isTrusted);
}

/** The values of a metric over the trusted trials that have it, each with its trial. */
export function valuesOf(journal: Journal, metric: string): { trial: Trial; value: number }[] {
  return trustedTrials(journal).flatMap((trial) => {
    const value = ownValue(trial, metric);
    return value === undefined ? [] : [{ trial, value }];
  });
}

/** Names of all metrics of the trusted trials, in the order of their first appearance. */
export function metricNames(journal: Journal): string[] {
  const names = new Set<string>();
  let last: readonly string[] | undefined;
  for (const trial of trustedTrials(journal)) {
    const list = metricNamesOf(trial);
    if (list !== last) for (const name of list) names.add(name);
    last = list;
  }
  return [...names];
}

/** The probes that have a measure, in the order of their first appearance. */
export function probesWith(journal: Journal, wanted: string): string[] {
  return metricNames(journal).flatMap((name) => {
    const { fault, subject, measure } = parseMetricName(name);
    return measure === wanted && fault === undefined ? [subject] : [];
  });
}
