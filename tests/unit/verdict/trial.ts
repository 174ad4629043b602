import type { Trial } from '../../../harness/journal/journal.ts';

/** A trial that passed, with these metrics. */
export function trial(metrics: Record<string, number>, change: Partial<Trial> = {}): Trial {
  return {
    index: 1,
    verdict: 'pass',
    faults: [],
    metrics,
    bounds: {},
    audits: [],
    timeline: [],
    outages: [],
    ...change,
  };
}
