import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { loadTopology } from '../../../harness/topology/load-topology.ts';
import { freshFolder } from '../../support/folder.ts';
import { lab, problemsOf } from './problems-of.ts';

function times(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

/** The message of a file that is refused. */
async function refusal(yaml: string): Promise<string> {
  const file = path.join(await freshFolder(), 'test.clab.yml');
  await writeFile(file, yaml);
  const error = await loadTopology(file, { env: {} }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}

describe('a file with very many problems is refused soon, with the first of them', () => {
  test.each([
    ['unknown keys at the top', `${lab('    a:')}\n${times(20_000, (n) => `key${n}: 1`)}\n`],
    ['unknown keys in a node', lab(`    a:\n${times(20_000, (n) => `      key${n}: 1`)}`)],
    ['unknown kinds', lab(times(5000, (n) => `    n${n}: { kind: linxu }`))],
    [
      'variables that are not set',
      lab(`    a:\n      env:\n${times(20_000, (n) => `        v${n}: \${V${n}}`)}`),
    ],
    ['aliases that are not set', lab(`    a:\n      exec:\n${times(20_000, (n) => `        - *a${n}`)}`)],
    ['openings of a variable', `# ok\nname: ${'${'.repeat(330_000)}\n`],
    ['openings of variables, one closing', `name: ${'${'.repeat(330_000)}}\n`],
    ['entries of a list', lab(`    a:\n      exec:\n${times(20_000, () => '        - {}')}`)],
    [
      'links of another type',
      lab(
        '    a:',
        times(5000, (n) => `    - { type: macvlan, endpoint: { node: a, interface: e${n} } }`),
      ),
    ],
    [
      'unknown nodes of links',
      lab(
        '    a:',
        times(5000, (n) => `    - endpoints: [ "x${n}:e1", "y${n}:e1" ]`),
      ),
    ],
    ['unknown labels', lab(`    a:\n      labels:\n${times(20_000, (n) => `        hadrill.x${n}: 1`)}`)],
  ])('%s', { timeout: 30_000 }, async (_, yaml) => {
    const lines = (await refusal(yaml)).split('\n');
    expect(lines.length).toBeLessThanOrEqual(51);
    if (lines.length > 50) expect(lines.at(-1)).toMatch(/^and \d+ more$/);
    expect(lines[0]).toMatch(/^\S+\.clab\.yml:\d+:\d+: /);
  });
});

test('a chain of nodes that wait for each other may be as long as the file', {
  timeout: 30_000,
}, async () => {
  const nodes = times(5000, (n) => {
    const rule = `{ node: n${n + 1}, stage: create }`;
    return `    n${n}: { stages: { create: { wait-for: [ ${n < 4999 ? rule : ''} ] } } }`;
  });
  expect(await problemsOf(lab(nodes))).toEqual([]);
});

test('a long cycle of nodes that wait for each other is found', { timeout: 30_000 }, async () => {
  const nodes = times(3000, (n) => {
    return `    n${n}: { stages: { create: { wait-for: [ { node: n${(n + 1) % 3000}, stage: create } ] } } }`;
  });
  const problems = await problemsOf(lab(nodes));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^5:\d+ nodes wait for each other: n0 -> n1/);
});

test.each([
  ['[', ']'],
  ['{ a: ', ' }'],
  ['- ', ''],
  ['? ', ''],
])('%j nested 10,000 deep has a place, not an overflow of the stack', async (open, close) => {
  const problems = await problemsOf(`name: t\ntopology:\n  ${open.repeat(10_000)}1${close.repeat(10_000)}\n`);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^3:\d+ lists and mappings are nested deeper than 100 levels/);
});

test('only the first error of syntax is reported', async () => {
  const problems = await problemsOf(`name: t\n}\n${'topology: { nodes: [ }\n'.repeat(5)}`);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^2:1 YAML syntax: /);
});
