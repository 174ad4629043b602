import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { InputError } from '../../harness/ground/errors.ts';
import { loadTopology } from '../../harness/topology/load-topology.ts';
import { lab } from '../unit/topology/problems-of.ts';
import { freshFolder } from './folder.ts';

function times(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

/**
 * Topology files with very many problems of one sort, by the name of the sort.
 * @param lines of the longest; all of them can be had in seconds where reading takes time in proportion to the length.
 */
export function largeFiles(lines: number): [string, string][] {
  const many = lines / 4;
  return [
    ['unknown keys at the top', `${lab('    a:')}\n${times(lines, (n) => `key${n}: 1`)}\n`],
    ['unknown keys in a node', lab(`    a:\n${times(lines, (n) => `      key${n}: 1`)}`)],
    ['unknown kinds', lab(times(many, (n) => `    n${n}: { kind: linxu }`))],
    [
      'variables that are not set',
      lab(`    a:\n      env:\n${times(lines, (n) => `        v${n}: \${V${n}}`)}`),
    ],
    ['aliases that are not set', lab(`    a:\n      exec:\n${times(lines, (n) => `        - *a${n}`)}`)],
    ['openings of a variable', `# ok\nname: ${'${'.repeat(lines * 16)}\n`],
    ['openings of variables, one closing', `name: ${'${'.repeat(lines * 16)}}\n`],
    ['entries of a list', lab(`    a:\n      exec:\n${times(lines, () => '        - {}')}`)],
    [
      'links of another type',
      lab(
        '    a:',
        times(many, (n) => `    - { type: macvlan, endpoint: { node: a, interface: e${n} } }`),
      ),
    ],
    [
      'unknown nodes of links',
      lab(
        '    a:',
        times(many, (n) => `    - endpoints: [ "x${n}:e1", "y${n}:e1" ]`),
      ),
    ],
    ['unknown labels', lab(`    a:\n      labels:\n${times(lines, (n) => `        hadrill.x${n}: 1`)}`)],
  ];
}

/** Nodes that each wait for the next one, in a circle or not. */
export function waitingNodes(count: number, circle: boolean): string {
  return lab(
    times(count, (n) => {
      const next = circle ? (n + 1) % count : n + 1;
      const rule = next < count ? `{ node: n${next}, stage: create }` : '';
      return `    n${n}: { stages: { create: { wait-for: [ ${rule} ] } } }`;
    }),
  );
}

/** Such a file is refused, with fifty of its problems and how many more there are. */
export async function expectFirstProblems(yaml: string): Promise<void> {
  const file = path.join(await freshFolder(), 'test.clab.yml');
  await writeFile(file, yaml);
  const error = await loadTopology(file, { env: {} }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(InputError);
  const lines = (error as InputError).message.split('\n');
  expect(lines.length).toBeLessThanOrEqual(51);
  if (lines.length > 50) expect(lines.at(-1)).toMatch(/^and \d+ more$/);
  expect(lines[0]).toMatch(/^\S+\.clab\.yml:\d+:\d+: /);
}
