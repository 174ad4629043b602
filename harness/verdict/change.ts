import { type Block, blockedShift } from './blocked-shift.ts';
import { holm } from './holm.ts';
import { type MedianInterval, medianInterval } from './median-interval.ts';

/** With fewer values no interval of 95 % is finite. */
export const LEAST_VALUES = 6;

export type ChangeWord = 'worse' | 'better' | 'no difference shown' | 'too few trials' | 'not known';

/** Values of a metric over trials, larger ones being worse. */
export interface Sample {
  /** Each with the machine that it was made on. */
  values: readonly { value: number; machine: string }[];
  /** How many of them are only lower bounds. */
  lower_bounds: number;
}

/** What a later sample says beside an earlier one, in the unit of the values. */
export interface Change {
  word: ChangeWord;
  base?: MedianInterval;
  now?: MedianInterval;
  /** Hodges and Lehmann's shift with its interval of 95 %; p is corrected where several were compared. */
  shift?: { by: number; low: number; high: number; p: number };
  /** What the whole interval must exceed. */
  margin?: number;
  /** On how many machines each value was compared with those of the same machine alone; absent where that was one. */
  machines?: number;
  /** Why it is not known. */
  why?: string;
}

/** What a later sample says beside an earlier one: in words only what lies beyond the margin with all of its interval. */
export function changeBetween(base: Sample, now: Sample, margin: number): Change {
  const sizes = {
    ...(base.values.length > 0 ? { base: medianInterval(base.values.map(({ value }) => value)) } : {}),
    ...(now.values.length > 0 ? { now: medianInterval(now.values.map(({ value }) => value)) } : {}),
  };
  if (now.values.length === 0) return { ...sizes, word: 'not known', why: 'there is no value any more' };
  if (base.values.length === 0) return { ...sizes, word: 'not known', why: 'there was no value before' };
  const blocks = blocksOf(base, now);
  const used = (side: 'first' | 'second') => blocks.reduce((sum, block) => sum + block[side].length, 0);
  if (Math.min(used('first'), used('second')) < LEAST_VALUES) return { ...sizes, word: 'too few trials' };
  const { shift: by, low, high, p } = blockedShift(blocks);
  const several = blocks.length > 1 ? { machines: blocks.length } : {};
  const compared = { ...sizes, shift: { by, low, high, p }, margin, ...several };
  // A value that may be larger hides a shift, or makes one.
  if (base.lower_bounds > 0)
    return { ...compared, word: 'not known', why: 'some values before are only lower bounds' };
  const word = low > margin ? 'worse' : high < -margin ? 'better' : 'no difference shown';
  if (now.lower_bounds > 0 && word !== 'worse')
    return { ...compared, word: 'not known', why: 'some of the later values are only lower bounds' };
  return { ...compared, word };
}

/** The same with p corrected over all of them, and without the differences that are no longer shown. */
export function correctedChanges<Of extends Pick<Change, 'word' | 'shift'>>(changes: readonly Of[]): Of[] {
  const tested = changes.filter(({ shift }) => shift);
  const ps = holm(tested.map(({ shift }) => shift!.p));
  const corrected = new Map(tested.map((change, at) => [change, ps[at]!]));
  return changes.map((change) => {
    const p = corrected.get(change);
    if (p === undefined || !change.shift) return change;
    const shown = p < 0.05 || (change.word !== 'worse' && change.word !== 'better');
    return { ...change, shift: { ...change.shift, p }, word: shown ? change.word : 'no difference shown' };
  });
}

/** Machines differ: where both samples were made on several, each compares with itself. Else all are one. */
function blocksOf(base: Sample, now: Sample): Block[] {
  const before = Map.groupBy(base.values, ({ machine }) => machine);
  const after = Map.groupBy(now.values, ({ machine }) => machine);
  const plain = (list: Sample['values']) => list.map(({ value }) => value);
  const common = [...before.keys()].filter((machine) => after.has(machine));
  if (common.length < 2) return [{ first: plain(base.values), second: plain(now.values) }];
  return common.map((machine) => ({
    first: plain(before.get(machine)!),
    second: plain(after.get(machine)!),
  }));
}
