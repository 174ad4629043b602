/** How fast an engine makes trials that count, and what it does at the moment. */
export interface Pace {
  /** Which of several engines that would be done at the same moment goes first. */
  order: number;
  /** Trials that count. */
  made: number;
  /** What these took, and those that did not count. */
  spent_ms: number;
  /** Labs that take the next trial. */
  free: Set<string>;
  /** Labs that make one, and since when. */
  busy: Map<string, number>;
}

/** The mean time of a trial that counts, over all that were made; undefined when none was. */
export function meanOf(engines: readonly Pace[]): number | undefined {
  let [made, spent_ms] = [0, 0];
  for (const engine of engines) {
    made += engine.made;
    spent_ms += engine.spent_ms;
  }
  return made === 0 ? undefined : spent_ms / made;
}

/**
 * Whether other engines will have made all trials that are not begun before this one would have made one. One that takes longer
 * than it used to is expected to take as long again as it is late: whoever waits for it does not wait for ever.
 * @param trials how many are not begun.
 */
export function earlierElsewhere(
  own: Pace,
  others: readonly Pace[],
  trials: number,
  now_ms: number,
): boolean {
  const all_ms = meanOf([own, ...others]);
  if (others.length === 0 || all_ms === undefined) return false;
  const until_ms = now_ms + paceOf(own, all_ms);
  let made = 0;
  for (const other of others) {
    made += madeBy(other, paceOf(other, all_ms), now_ms, { until_ms, goes_first: other.order < own.order });
    if (made >= trials) return true;
  }
  return false;
}

function madeBy(
  { free, busy }: Pace,
  each_ms: number,
  now_ms: number,
  { until_ms, goes_first }: { until_ms: number; goes_first: boolean },
): number {
  let made = free.size * countUntil(until_ms - now_ms, each_ms, goes_first);
  for (const begun_ms of busy.values())
    made += countUntil(until_ms - now_ms - leftOf(now_ms - begun_ms, each_ms), each_ms, goes_first);
  return made;
}

/** Of an engine that has made nothing what the others have taken, or what it has spent in vain if that is longer. */
function paceOf({ made, spent_ms }: Pace, all_ms: number): number {
  return Math.max(1, made === 0 ? Math.max(all_ms, spent_ms) : spent_ms / made);
}

function leftOf(elapsed_ms: number, each_ms: number): number {
  return Math.abs(each_ms - elapsed_ms);
}

/** How many trials fit into a time; one that would be over at its very end counts for who goes first. */
function countUntil(ms: number, each_ms: number, goes_first: boolean): number {
  if (ms <= 0) return 0;
  const whole = Math.floor(ms / each_ms);
  return whole * each_ms === ms && !goes_first ? Math.max(0, whole - 1) : whole;
}
