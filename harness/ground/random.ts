import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** All randomness of a run comes from one of these, so that its printed seed repeats it. */
export interface Random {
  /** Uniform in [0, 1). */
  unit(): number;
  /** Uniform integer in [low, high]. */
  integer(low: number, high: number): number;
}

/** A generator for `seed` (a 32-bit integer). */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return {
    unit: () => uniformFloat64(generator),
    integer: (low, high) => uniformInt(generator, low, high),
  };
}

/** A fresh seed, for a run that was given none: at most nine digits, as `--seed` takes them. */
export function freshSeed(): number {
  return Math.floor(Math.random() * 1_000_000_000);
}
