import { seededRandom } from '../ground/random.ts';
import { seedOf } from './seed-of.ts';

/** What the moments of a run's faults follow from, and nothing else: so a shard's are those of the whole run. */
export interface PhasePlan {
  seed: number;
  drill: string;
  /** Of the whole run. */
  trials: number;
}

/** With more trials every part has some by chance. */
const MOST_PARTS = 10_000;

/**
 * Where in the pause of the systems under test the fault of a trial falls, 0 to 1. The phases of a run are stratified: each of
 * as many equal parts of the pause as there are trials has one, in an order and at places within that the seed sets.
 * @param index from 1 on.
 * @param attempt how often this trial was begun before: one that is made again falls into the same part, elsewhere.
 */
export function faultPhase({ seed, drill, trials }: PhasePlan, index: number, attempt: number): number {
  const unit = seededRandom(seedOf(seed, drill, index, attempt)).unit();
  if (trials > MOST_PARTS) return unit;
  const part = partsInOrder(trials, seedOf(seed, drill, 'order'))[index - 1]!;
  return (part + unit) / trials;
}

/** The parts of the pause by trial. The order must not be that of the trials: whatever drifts with time would look like a phase. */
function partsInOrder(trials: number, seed: number): number[] {
  const random = seededRandom(seed);
  const parts = Array.from({ length: trials }, (_, part) => part);
  for (let at = trials - 1; at > 0; at -= 1) {
    const other = random.integer(0, at);
    [parts[at], parts[other]] = [parts[other]!, parts[at]!];
  }
  return parts;
}
