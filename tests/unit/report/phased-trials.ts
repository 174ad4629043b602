import { type Random, seededRandom } from '../../../harness/ground/random.ts';
import type { Journal, Trial } from '../../../harness/journal/journal.ts';
import { crashTrial, journalOf } from './journals.ts';

export interface Protocol {
  advert_ms: number;
  /** What the daemons and the machine need on top of their wait, beside some milliseconds of chance. */
  delay_ms?: number;
  survived?: number;
}

/**
 * A trial as VRRPv3 with priority 50 makes it: the fault at any phase of the interval, the takeover Master_Down after the last
 * advert, and some milliseconds, rarely many.
 */
export function phasedTrial(index: number, random: Random, protocol: Protocol): Trial {
  const { advert_ms, delay_ms = 0, survived } = protocol;
  const high = 3 * advert_ms + (206 * advert_ms) / 256;
  const at_phase = high - random.unit() * advert_ms;
  const chance_ms = 2 + 6 * random.unit() ** 2 + (random.unit() > 0.9 ? 25 * random.unit() : 0);
  const from = `VRRPv3: 3 x ${advert_ms / 1000} s + skew`;
  return crashTrial(index, at_phase + delay_ms + chance_ms, survived, {
    bounds: { 'udp.outage_ms': { low: high - advert_ms, high, from, at_phase } },
  });
}

/** A run of so many of them. */
export function phasedRun(
  seed: number,
  count: number,
  protocol: Protocol = { advert_ms: 1000 },
  change: Partial<Journal> = {},
): Journal {
  return journalOf(phasedTrials(seed, count, protocol), { seed, ...change });
}

export function phasedTrials(seed: number, count: number, protocol: Protocol): Trial[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, at) => phasedTrial(at + 1, random, protocol));
}

/** The same where nothing is known of the phases, as in a journal of before. */
export function withoutPhases(journal: Journal): Journal {
  const plain = ({ low, high, from }: Trial['bounds'][string]) => ({ low, high, from });
  return {
    ...journal,
    trials: journal.trials.map((trial) => ({
      ...trial,
      bounds: Object.fromEntries(
        Object.entries(trial.bounds).map(([metric, bound]) => [metric, plain(bound)]),
      ),
    })),
  };
}
