import { expect, test } from 'vitest';
import { cleanLine, cleanLines, cleanText } from '../../../harness/ground/clean-text.ts';
import { formatProblem } from '../../../harness/ground/errors.ts';

test.each([
  ['colours', '\x1b[31mred\x1b[0m', 'red'],
  ['the title of a window', '\x1b]0;title\x07text', 'text'],
  ['the clipboard, closed by ST', '\x1b]52;c;ZXZpbA==\x1b\\text', 'text'],
  ['a bell, a backspace, a null', 'a\x07b\bc\0d', 'a\uFFFDb\uFFFDc\uFFFDd'],
  ['C1 controls', 'a\x85b\x9d', 'a\uFFFDb\uFFFD'],
  ['what turns text around', 'a\u202Eb\u2066c\u200Fd', 'a\uFFFDb\uFFFDc\uFFFDd'],
  ['what has no width', 'a\u200Bb\uFEFFc\u2060d', 'a\uFFFDb\uFFFDc\uFFFDd'],
  ['other ends of lines', 'a\u2028b\u2029c', 'a\uFFFDb\uFFFDc'],
  ['half of a pair', 'a\uD800b', 'a\uFFFDb'],
  ['what people write', 'größe – 東京 🙂 ±5 µs', 'größe – 東京 🙂 ±5 µs'],
])('%s', (_, text, clean) => {
  expect(cleanText(text)).toBe(clean);
});

test('lines stay lines in a text and become one in a line', () => {
  expect(cleanText('a\r\n  b\rc\td')).toBe('a\n  b\nc d');
  expect(cleanLine('a\r\n# b\rc')).toBe('a # b c');
  expect(cleanLine('x'.repeat(30_000))).toHaveLength(2003);
});

test('a document keeps its shape', () => {
  const document = { list: ['a\nb', 1, null], inner: { ok: true, none: undefined } };
  expect(cleanLines(document)).toEqual({ list: ['a b', 1, null], inner: { ok: true, none: undefined } });
});

test('a problem is one line, whatever the file and its keys are called', () => {
  const position = { file: 'a\nb\x1b[2J.yml', line: 1, column: 2 };
  expect(formatProblem({ message: "unknown key '\x1b]52;c;eA==\x07k\ney'", position })).toBe(
    "a b.yml:1:2: unknown key 'k ey'",
  );
});
