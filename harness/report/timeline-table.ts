import type { Journal, Trial } from '../journal/journal.ts';
import type { Section } from '../journal/section.ts';
import { trustedTrials } from '../journal/trusted-trials.ts';

/** What happened in the trial with the longest outage, line by line; undefined when no trial has a timeline. */
export function timelineTable(journal: Journal): Section | undefined {
  let worst: { trial: Trial; outage_ms: number } | undefined;
  let trials = 0;
  // Each is looked at once: of very many the timelines are read from a file.
  for (const trial of trustedTrials(journal)) {
    if (trial.timeline.length === 0) continue;
    trials += 1;
    const outage_ms = longestOf(trial);
    if (!worst || outage_ms > worst.outage_ms) worst = { trial, outage_ms };
  }
  return worst && tableOf(worst.trial, trials);
}

function tableOf(worst: Trial, trials: number): Section {
  const of = trials > 1 ? `trial ${worst.index}, the one with the longest outage` : `trial ${worst.index}`;
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
