// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are the substitutions under test
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { readYamlFile } from '../../../harness/topology/read-yaml-file.ts';
import { parseYamlSource } from '../../../harness/topology/yaml-source.ts';

const ENV = { IMAGE: 'a-rather-long-image-name', EMPTY: '', LINES: 'a\n  b', N: 'n' };

function parse(text: string) {
  return parseYamlSource(text, 'f.yml', ENV);
}

function problems(text: string): string[] {
  return parse(text).problems.map(
    ({ message, position }) => `${position?.line}:${position?.column} ${message}`,
  );
}

describe('substitution', () => {
  test.each([
    ['${IMAGE}', 'a-rather-long-image-name'],
    ['$IMAGE', 'a-rather-long-image-name'],
    ['x${N}y$N', 'xnyn'],
    ['${NONE:=d}', 'd'],
    ['${NONE:-http://x:80/y}', 'http://x:80/y'],
    ['${EMPTY:-d}', 'd'],
    ['x${EMPTY-d}', 'x'],
    ['x${EMPTY=d}', 'x'],
    ['x${EMPTY}', 'x'],
    ['${N:-d}', 'n'],
    ['${NONE:=$N}', 'n'],
    ['${NONE-}x', 'x'],
    ['${N:+other}', 'other'],
    ['x${NONE:+other}', 'x'],
    ['${EMPTY+other}', 'other'],
    ['$$IMAGE', '$IMAGE'],
    ['$${IMAGE}', '${IMAGE}'],
    ['$$$N', '$n'],
    ['$UNSET and $1 and $', '$UNSET and $1 and $'],
    ['${1}', '${1}'],
  ])('%s is %s', (written, value) => {
    const source = parse(`key: "${written}"`);
    expect(source.problems).toEqual([]);
    expect(source.data).toEqual({ key: value });
  });

  test.each([
    [
      'a: 1\nb: x${NONE}',
      '2:5',
      /^variable 'NONE' has no value: .*--var NONE=VALUE.*default with \$\{NONE:=\.\.\.\}; or write \$\$\{NONE\}/,
    ],
    ['a: ${NONE:=$OTHER}', '1:4', /'OTHER' has no value/],
    ['a: "${N"', '1:5', /'\$\{' has no closing '}'/],
    ['a: "${}"', '1:5', /'\$\{}' names no variable/],
    ['a: "${N%x}"', '1:5', /'\$\{N%x}' is not a substitution hadrill knows/],
    ['a: "${NONE:-${N}}"', '1:5', /nests a substitution/],
  ])('%j is a problem at %s', (text, at, message) => {
    const found = problems(text);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${at} `));
    expect(found[0]!.slice(at.length + 1)).toMatch(message);
  });

  test('every variable without a value is named, except in comments', () => {
    const text = '# ${A} is a comment\na: ${B} # ${C}\nb: "# ${D}"\nc: |\n  # ${E}\n';
    expect(problems(text).map((problem) => /^[\d:]+|'\w+'/g[Symbol.match](problem)?.join(' '))).toEqual([
      "2:4 'B'",
      "3:7 'D'",
      "5:5 'E'",
    ]);
  });

  test('positions are those of the original file', () => {
    const text = 'image: ${IMAGE}\nlines: "${LINES}"\nlist: [$N, ${IMAGE}, last]\nmap: {${N}: 1, z: 2}\n';
    const source = parse(text);
    expect(source.positionOf(['list', 2])).toEqual({ file: 'f.yml', line: 3, column: 22 });
    expect(source.positionOf(['list', 1])).toMatchObject({ line: 3, column: 12 });
    expect(source.positionOf(['map', 'n'], 'key')).toMatchObject({ line: 4, column: 7 });
    expect(source.positionOf(['map', 'z'])).toMatchObject({ line: 4, column: 19 });
  });
});

describe('positions', () => {
  const source = parse(
    'top:\n  a: [1, {b: x}]\n  empty:\nbase: &base {k: v}\nuse:\n  <<: *base\nalias: *base\n',
  );
  test.each([
    [['top'], 'key', 1, 1],
    [['top'], 'value', 2, 3],
    [['top', 'a', 1, 'b'], 'value', 2, 14],
    [['top', 'a', 1, 'b'], 'key', 2, 11],
    [['top', 'empty'], 'value', 3, 3],
    [['top', 'a', 7], 'value', 2, 3],
    [['top', 'nope', 'deeper'], 'value', 1, 1],
    [['use', 'k'], 'value', 4, 17],
    [['alias', 'k'], 'value', 4, 17],
    [[], 'value', 1, 1],
  ] as const)('%j by %s', (path, at, line, column) => {
    expect(source.positionOf([...path], at)).toMatchObject({ line, column });
  });

  test('count from the start of lines that end in CR LF', () => {
    expect(parse('a: 1\r\nb: 2\r\n').positionOf(['b'])).toMatchObject({ line: 2, column: 4 });
  });
});

describe('text that is not a YAML mapping', () => {
  test.each([
    ['', '1:1 the file is empty; expected a mapping (key: value)'],
    ['# only a comment', '1:1 the file is empty; expected a mapping (key: value)'],
    ['- a', '1:1 expected a mapping (key: value) at the top of the file, found a list'],
    ['just words', '1:1 expected a mapping (key: value) at the top of the file, found plain text'],
    ['a: 1\nb: 2\na: 3', "3:1 duplicate key 'a': it is already set above"],
    ['a: 1\n---\nb: 2', /^2:1 a second YAML document starts here/],
    ['a: [1, 2', /^1:9 YAML syntax: /],
    ['a: "x\nb: 1', /^2:5 YAML syntax: /],
    ['a: *nope', "1:4 '*nope' refers to an anchor that is not set above it"],
    ['a: 1\n\tb: 2', /^2:1 YAML syntax: /],
  ])('%j', (text, problem) => {
    const found = problems(text);
    if (typeof problem === 'string') expect(found).toEqual([problem]);
    else expect(found[0]).toMatch(problem);
    expect(found.length).toBeGreaterThan(0);
  });

  test('an alias bomb is a problem, not a hang', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i++)
      lines.push(
        `a${i}: &a${i} [${Array(8)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(problems(lines.join('\n'))[0]).toMatch(/alias/i);
  });
});

describe('a file that cannot be read', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hadrill-yaml-'));
    await writeFile(join(directory, 'binary'), Buffer.from([0x61, 0x3a, 0x20, 0x00]));
    await writeFile(join(directory, 'latin1'), Buffer.from([0x61, 0x3a, 0x20, 0xe4]));
    await writeFile(join(directory, 'bom'), '\uFEFFa: 1');
    await writeFile(join(directory, 'big'), `a: ${'x'.repeat(5_000_000)}`);
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.each([
    ['nope.yml', 'no such file'],
    ['binary/below.yml', 'no such file'],
    ['.', 'is a directory, not a file'],
    ['binary', 'is not a text file (expected YAML in UTF-8)'],
    ['latin1', 'is not a text file (expected YAML in UTF-8)'],
    ['big', 'is larger than 4 MiB'],
    ['/dev/zero', /^is a device, pipe or socket, not a file/],
    ['a\0b', /^cannot be read: /],
  ])('%j', async (name, message) => {
    const file = name.startsWith('/') ? name : join(directory, name);
    const error = await readYamlFile(file, {}).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InputError);
    const { exitCode, problems: found } = error as InputError;
    expect(exitCode).toBe(2);
    expect(found).toHaveLength(1);
    expect(found[0]!.position).toEqual({ file });
    expect(found[0]!.message).toMatch(message);
  });

  test('a byte order mark does no harm', async () => {
    const source = await readYamlFile(join(directory, 'bom'), {});
    expect(source.data).toEqual({ a: 1 });
    expect(source.positionOf(['a'])).toMatchObject({ line: 1, column: 4 });
  });
});
