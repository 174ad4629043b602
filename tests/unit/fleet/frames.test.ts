import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { bytesOf, linesOf } from '../../../harness/fleet/frames.ts';

const BYTES = randomBytes(100_001);
const LINES = [...linesOf(BYTES)];

test('bytes come home as they are, in whatever order their lines come, with other lines between', () => {
  const mixed = ['trial 1: pass', ...LINES.toReversed(), '', 'hadrill-fleet/1'];
  expect(bytesOf(mixed)).toEqual(BYTES);
  expect(bytesOf(linesOf(Buffer.alloc(0)))).toEqual(Buffer.alloc(0));
});

test('a line that comes twice is one', () => {
  expect(bytesOf([...LINES, ...LINES])).toEqual(BYTES);
});

test('no line is so long that an engine cuts it', () => {
  for (const line of LINES) expect(line.length).toBeLessThan(16_000);
});

test.each([
  ['nothing', [], /does not have the line/],
  ['no beginning', LINES.slice(1), /does not have the line/],
  ['no end', LINES.slice(0, -1), /has 11 of 12 lines/],
  ['a hole', LINES.toSpliced(5, 1), /has 11 of 12 lines/],
  ['a line that was cut', LINES.with(3, LINES[3]!.slice(0, 100)), /instead of 100001/],
  ['another byte', LINES.with(3, LINES[3]!.replace(/.{4}$/, 'AAAA')), /damaged/],
])('%s is noticed', (_, lines, words) => {
  expect(bytesOf(lines)).toMatch(words);
});
