import { type Rate, wilsonInterval } from '../../ground/wilson.ts';
import type { Expectation, Journal, Trial } from '../../journal/journal.ts';
import { isTrusted } from '../../journal/trusted.ts';
import type { ChangeWord } from '../../verdict/change.ts';
import { holm } from '../../verdict/holm.ts';
import { judgeExpectations } from '../../verdict/judge.ts';
import { fisherP, visibleRate } from '../../verdict/rates.ts';

/** How often something went wrong in the trials of two runs. */
export interface RateChange {
  /** For people: `trials that break tcp.survived_ratio == 1`. */
  what: string;
  judged: boolean;
  base: Rate;
  now: Rate;
  /** Wilson's intervals of 95 %; absent where there is no trial. */
  base_interval?: [number, number];
  now_interval?: [number, number];
  /** Fisher's, corrected over the judged ones. */
  p: number;
  word: ChangeWord;
  /** What happens more often than this would have been seen in the trials of the later run; absent where it has none. */
  visible?: number;
}

/** Trials that break what is expected of each, those that fail, and those of which nothing is known. */
export function rateChanges(base: Journal, now: Journal): RateChange[] {
  const expectations = now.expectations.filter(
    (one) => one.stat === 'each' && base.expectations.some((other) => same(one, other)),
  );
  const breaking = expectations.map((one) => ({
    what: `trials that break ${one.metric} ${wanted(one)}`,
    base: rateOf(base.trials.filter(isTrusted), breaks(one)),
    now: rateOf(now.trials.filter(isTrusted), breaks(one)),
  }));
  const failing = {
    what: 'trials that fail',
    base: rateOf(base.trials.filter(isTrusted), failed),
    now: rateOf(now.trials.filter(isTrusted), failed),
  };
  const lost = {
    what: 'trials whose numbers do not count',
    base: untrusted(base),
    now: untrusted(now),
  };
  return [
    ...corrected([...breaking, failing]),
    { ...judge(lost, fisherP(lost.base, lost.now)), judged: false },
  ];
}

/** What a word like "worse" takes. */
const LEVEL = 0.05;

interface Rates {
  what: string;
  base: Rate;
  now: Rate;
}

function corrected(all: readonly Rates[]): RateChange[] {
  // What happened on neither side shows nothing, and costs the others nothing.
  const happened = all.filter(({ base, now }) => base.count + now.count > 0);
  const ps = holm(happened.map(({ base, now }) => fisherP(base, now)));
  return all.map((rates) => {
    const at = happened.indexOf(rates);
    return { ...judge(rates, at === -1 ? 1 : ps[at]!), judged: true };
  });
}

function judge({ what, base, now }: Rates, p: number): Omit<RateChange, 'judged'> {
  const more = now.count * base.of - base.count * now.of;
  const shown = more > 0 ? 'worse' : 'better';
  return {
    what,
    base,
    now,
    ...(base.of > 0 ? { base_interval: wilsonInterval(base) } : {}),
    ...(now.of > 0 ? { now_interval: wilsonInterval(now), visible: visibleRate(now.of) } : {}),
    p,
    word: base.of === 0 || now.of === 0 ? 'not known' : p < LEVEL ? shown : 'no difference shown',
  };
}

function rateOf(trials: readonly Trial[], happened: (trial: Trial) => boolean): Rate {
  return { count: trials.filter(happened).length, of: trials.length };
}

/** Of all trials that were asked for: one that was not made is not known either. */
function untrusted({ trials, trials_asked = 0 }: Journal): Rate {
  const of = Math.max(trials.length, trials_asked);
  return { count: of - trials.filter(isTrusted).length, of };
}

function breaks(expectation: Expectation): (trial: Trial) => boolean {
  return (trial) => judgeExpectations([expectation], [trial])[0]!.verdict === 'fail';
}

function failed({ verdict }: Trial): boolean {
  return verdict === 'fail';
}

function wanted({ op, value }: Expectation): string {
  if (op !== 'within_bound') return `${op} ${value}`;
  return value === 0 ? 'within its bound' : `within its bound ± ${value}`;
}

export function same(one: Expectation, other: Expectation): boolean {
  return (
    one.metric === other.metric && one.stat === other.stat && one.op === other.op && one.value === other.value
  );
}
