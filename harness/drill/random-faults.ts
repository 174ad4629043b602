import { type Random, seededRandom } from '../ground/random.ts';
import type { Drill, DrillFault, RandomFaults, Range } from './drill.ts';
import type { PhasePlan } from './fault-phases.ts';
import { seedOf } from './seed-of.ts';

/**
 * What is broken in one trial: the drill's list, or what the seed draws from it. A trial that is made again, and a shard,
 * have the same.
 * @param index of the trial, from 1 on.
 */
export function faultsOfTrial(
  { faults, random }: Pick<Drill, 'faults' | 'random'>,
  { seed, drill }: Pick<PhasePlan, 'seed' | 'drill'>,
  index: number,
): DrillFault[] {
  return random ? draw(faults, random, seededRandom(seedOf(seed, drill, 'faults', index))) : faults;
}

/** One after the other. What lasts to the end is not drawn twice: fewer than `count` where nothing else is left. */
function draw(
  choices: readonly DrillFault[],
  { count, pause_ms, each }: RandomFaults,
  random: Random,
): DrillFault[] {
  const drawn: DrillFault[] = [];
  while (drawn.length < count) {
    const open = choices.filter(
      ({ entry }) => each[entry]!.for_ms !== undefined || drawn.every((one) => one.entry !== entry),
    );
    const choice = weighted(open, (one) => each[one.entry]!.weight, random);
    if (!choice) break;
    const { for_ms } = each[choice.entry]!;
    const after_ms = drawn.length === 0 ? 0 : within(pause_ms, random);
    drawn.push({ ...choice, after_ms, drawn: true, ...(for_ms ? { heal_ms: within(for_ms, random) } : {}) });
  }
  return drawn;
}

function within({ low, high }: Range, random: Random): number {
  return Math.round(low + random.unit() * (high - low));
}

function weighted<One>(
  list: readonly One[],
  weightOf: (one: One) => number,
  random: Random,
): One | undefined {
  const total = list.reduce((sum, one) => sum + weightOf(one), 0);
  let at = random.unit() * total;
  return (
    list.find((one) => {
      at -= weightOf(one);
      return at < 0;
    }) ?? list.at(-1)
  );
}
