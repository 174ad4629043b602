import type { Journal, Trial } from '../journal/journal.ts';
import { trustedTrials } from './trusted.ts';

/** What happened in one trial, line by line. */
export interface TimelineTable {
  /** `trial 3, the one with the longest outage` */
  of: string;
  rows: string[][];
}

/** Of the trial with the longest outage; undefined when no trial has a timeline. */
export function timelineTable(journal: Journal): TimelineTable | undefined {
  const trials = trustedTrials(journal).filter(({ timeline }) => timeline.length > 0);
  const worst = trials.toSorted((a, b) => longestOf(b) - longestOf(a))[0];
  if (!worst) return undefined;
  const of =
    trials.length > 1 ? `trial ${worst.index}, the one with the longest outage` : `trial ${worst.index}`;
  return { of, rows: worst.timeline.map(({ at_ms, detail }) => [`${at_ms.toFixed(1)} ms`, detail]) };
}

function longestOf({ outages }: Trial): number {
  return Math.max(0, ...outages.map(({ outage_ms }) => outage_ms));
}
