import { describe, expect, it } from 'vitest';
import { checkNotNegative, seconds } from '../../../harness/ground/bound-arithmetic.ts';
import { InputError } from '../../../harness/ground/errors.ts';

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
