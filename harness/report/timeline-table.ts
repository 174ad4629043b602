import type { Journal, Trial } from '../journal/journal.ts';
import type { Section } from '../journal/section.ts';
import { trustedTrials } from '../journal/trusted-trials.ts';

/** What happened in the trial with the longest outage, line by line; undefined when no trial has a timeline. */
export function timelineTable(journal: Journal): Section | undefined {
  const trials = trustedTrials(journal).filter(({ timeline }) => timeline.length > 0);
  const worst = trials.toSorted((a, b) => longestOf(b) - longestOf(a))[0];
  if (!worst) return undefined;
  const of =
    trials.length > 1 ? `trial ${worst.index}, the one with the longest outage` : `trial ${worst.index}`;
  return {
    title: `Timeline of ${of}`,
    of,
    of_column: 1,
    head: ['AFTER THE FAULT', 'WHAT'],
    align: ['right', 'left'],
    rows: worst.timeline.map(({ at_ms, detail }) => [`${at_ms.toFixed(1)} ms`, detail]),
    notes: [],
  };
}

function longestOf({ outages }: Trial): number {
  return Math.max(0, ...outages.map(({ outage_ms }) => outage_ms));
}
