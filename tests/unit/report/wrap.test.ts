import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrap } from '../../../harness/report/wrap.ts';

describe('wrap', () => {
  it('breaks between words and indents what follows', () => {
    expect(wrap('one two three four', 9, '  ')).toBe('one two\n  three\n  four');
  });

  it('keeps the place where the text begins', () => {
    expect(wrap('    one two three', 11)).toBe('    one two\n    three');
  });

  it('keeps a number with its error and its unit', () => {
    expect(wrap('for 3.31 s ± 5.0 ms, at worst', 14)).toBe('for\n3.31 s ± 5.0 ms,\nat worst');
  });

  it('never breaks a word', () => {
    expect(wrap('a/very/long/path is long', 6)).toBe('a/very/long/path\nis\nlong');
  });

  it('loses nothing and keeps to the width', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 });
    fc.assert(
      fc.property(words, fc.integer({ min: 11, max: 40 }), (list, width) => {
        const lines = wrap(list.join(' '), width, '  ').split('\n');
        expect(lines.every((line) => line.length <= width + 2)).toBe(true);
        expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(list);
      }),
    );
  });
});
