import { describe, expect, test } from 'vitest';
import { didYouMean } from '../../../harness/ground/near-name.ts';
import { parseByteSize } from '../../../harness/topology/byte-size.ts';
import { splitWords } from '../../../harness/topology/split-words.ts';

describe('splitWords', () => {
  test.each([
    ['', []],
    ['  ls   -l\t/tmp\n', ['ls', '-l', '/tmp']],
    [`sh -c 'echo "a b" > /x'`, ['sh', '-c', 'echo "a b" > /x']],
    ['"a \\"b\\" \\$c \\n" d', ['a "b" $c \\n', 'd']],
    ['a\'b c\'"d e"f', ['ab cd ef']],
    [`'' ""`, ['', '']],
    ['a\\ b \\# c', ['a b', '#', 'c']],
    ['a # b\nc#d', ['a', 'c#d']],
    ['a\\\nb', ['ab']],
    ['$HOME ~ *', ['$HOME', '~', '*']],
  ])('%j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  test.each([
    ["a 'b", /single quote/],
    ['a "b', /double quote/],
    ['a "b\\', /double quote/],
    ['a\\', /backslash/],
  ])('%j cannot be split', (text, message) => {
    expect(() => splitWords(text)).toThrow(message);
  });
});

describe('parseByteSize', () => {
  test.each([
    ['1b', 1],
    ['1kb', 1000],
    ['1KiB', 1024],
    ['256MB', 256_000_000],
    ['1.5 mib', 1_572_864],
    ['1Gb', 1_000_000_000],
    ['2GIB', 2_147_483_648],
    ['4096', 4096],
    [4096, 4096],
    ['1tb', undefined],
    ['-1mb', undefined],
    ['mb', undefined],
    ['1 m b', undefined],
  ])('%j', (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });
});

describe('didYouMean', () => {
  test.each([
    ['imge', " (did you mean 'image'?)"],
    ['IMAGE', " (did you mean 'image'?)"],
    ['mage', " (did you mean 'image'?)"],
    ['iamge', " (did you mean 'image'?)"],
    ['lables', " (did you mean 'labels'?)"],
    ['x', ''],
    ['something', ''],
    ['image', ''],
  ])('%s', (name, suggestion) => {
    expect(didYouMean(name, ['image', 'labels', 'env'])).toBe(suggestion);
  });
});
