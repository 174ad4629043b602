import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { checkNotNegative, laterOf, seconds } from '../../../harness/measure/bound-arithmetic.ts';

const A = { low: 100, high: 900, from: 'a' };
const B = { low: 300, high: 500, from: 'b' };

describe('laterOf', () => {
  it('of two that run side by side each end is the later one’s', () => {
    expect(laterOf(A, B)).toEqual({ low: 300, high: 900, from: 'the later of: a; and b' });
  });

  it('of one alone is that one', () => {
    expect(laterOf(A, undefined)).toBe(A);
    expect(laterOf(undefined, B)).toBe(B);
    expect(laterOf(undefined, undefined)).toBeUndefined();
  });

  it('is what the later of any two moments within the two lies in, and no wider', () => {
    const bound = fc
      .tuple(fc.nat(10_000), fc.nat(10_000))
      .map(([low, length]) => ({ low, high: low + length, from: 'x' }));
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(bound, bound, share, share, (a, b, of_a, of_b) => {
        const { low, high } = laterOf(a, b)!;
        const moment = (one: typeof a, part: number) => one.low + part * (one.high - one.low);
        const later = Math.max(moment(a, of_a), moment(b, of_b));
        expect(later).toBeGreaterThanOrEqual(low);
        expect(later).toBeLessThanOrEqual(high);
        expect(Math.max(a.low, b.low)).toBe(low);
        expect(Math.max(a.high, b.high)).toBe(high);
        expect(low).toBeLessThanOrEqual(high);
      }),
    );
  });
});

describe('seconds', () => {
  it.each([
    [0, '0 s'],
    [805, '0.805 s'],
    [2000, '2 s'],
    [1234.5678, '1.235 s'],
  ])('%d ms are %s', (ms, text) => {
    expect(seconds(ms)).toBe(text);
  });
});

describe('checkNotNegative', () => {
  it('lets times and counts pass', () => {
    expect(() => checkNotNegative({ a: 0, b: 1.5, c: 1e9 })).not.toThrow();
  });

  it('names all that is none', () => {
    const wrong = () => checkNotNegative({ a: -1, b: 2, c: Number.NaN, d: Number.POSITIVE_INFINITY });
    expect(wrong).toThrow(InputError);
    expect(wrong).toThrow(
      'a must be 0 or more, not -1\nc must be 0 or more, not NaN\nd must be 0 or more, not Infinity',
    );
  });
});
