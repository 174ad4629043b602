// biome-ignore-all lint/suspicious/noTemplateCurlyInString: pieces of substitutions
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { InputError } from '../../../harness/ground/errors.ts';
import { resolveTopology } from '../../../harness/topology/resolve-topology.ts';
import { parseYamlSource } from '../../../harness/topology/yaml-source.ts';
import { problemsOf } from './problems-of.ts';

vi.setConfig({ testTimeout: 60_000 });

const VALID = readFileSync(new URL('realistic.clab.yml', import.meta.url), 'utf8');

/** Every problem has words and a place inside the text. */
function check(text: string): void {
  const { problems } = resolveTopology(parseYamlSource(text, 'f', {}), '/nowhere/f');
  const lines = text.split('\n');
  for (const { message, position } of problems) {
    expect(message.length).toBeGreaterThan(5);
    expect(position!.line).toBeGreaterThanOrEqual(1);
    expect(position!.line).toBeLessThanOrEqual(lines.length);
    expect(position!.column).toBeGreaterThanOrEqual(1);
    expect(position!.column).toBeLessThanOrEqual(lines[position!.line! - 1]!.length + 1);
  }
}

test('text of any kind is a topology or has problems', () => {
  const bits = fc.constantFrom(
    '${',
    '}',
    '$A',
    '$$',
    ':',
    '- ',
    '\n',
    '  ',
    '&a ',
    '*a',
    '[',
    ']',
    '{',
    '<<: ',
    '"',
    '#',
    '|',
    'x',
    '!!map ',
    '? ',
    '\t',
    '__proto__',
  );
  const soup = fc.array(bits, { maxLength: 40 }).map((parts) => parts.join(''));
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), soup), check), { numRuns: 500 });
});

test('a valid file with a piece cut out or put in is a topology or has problems', () => {
  const edit = fc.tuple(
    fc.nat(VALID.length),
    fc.nat(40),
    fc.constantFrom('', ' ', '\n', ': ', '{', '"', '*', '&x ', '${X', '- ', '[]', '~'),
  );
  fc.assert(
    fc.property(edit, ([at, length, put]) => check(VALID.slice(0, at) + put + VALID.slice(at + length))),
    { numRuns: 300 },
  );
});

test('any values under the keys that it knows are a topology or have problems', () => {
  const leaf = fc.oneof(
    fc.constantFrom(
      'r1',
      'r1:a',
      'br:p',
      'linux',
      'bridge',
      'br|r1',
      'container:r1',
      'veth',
      'g',
      '__proto__',
      'constructor',
      '',
    ),
    fc.jsonValue({ maxDepth: 1 }),
  );
  const key = fc.constantFrom(
    'kind',
    'image',
    'env',
    'labels',
    'binds',
    'exec',
    'stages',
    'create',
    'wait-for',
    'node',
    'stage',
    'group',
    'network-mode',
    'healthcheck',
    'test',
    'endpoints',
    'interface',
    'type',
    'hadrill.host',
    'hadrill.vr.a',
    'hadrill.cluster',
    'toString',
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      leaf,
      fc.array(tie('tree'), { maxLength: 3 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
    ),
  }));
  const name = fc.constantFrom('r1', 'r2', 'br', 'br|r1', 'fabric', 'a b');
  const topology = fc.record(
    {
      defaults: tree,
      kinds: tree,
      groups: tree,
      nodes: fc.oneof(tree, fc.dictionary(name, tree, { maxKeys: 4 })),
      links: fc.oneof(tree, fc.array(tree, { maxLength: 3 })),
    },
    { requiredKeys: ['nodes'] },
  );
  fc.assert(
    fc.property(topology, (value) =>
      check(stringify({ name: 't', topology: value }, { aliasDuplicateObjects: false })),
    ),
    { numRuns: 500 },
  );
});

test('loading garbage throws nothing but InputError', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      // problemsOf rethrows everything that is not an InputError.
      expect((await problemsOf(text)).length).toBeGreaterThan(0);
    }),
    { numRuns: 50 },
  );
  expect(InputError.prototype).toBeInstanceOf(Error);
});
