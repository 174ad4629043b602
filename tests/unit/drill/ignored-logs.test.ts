import { expect, test } from 'vitest';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { ignoredLines } from '../../../harness/topology/ignored-lines.ts';
import { drillWith, problems } from './drill-texts.ts';

const FAULT = 'fault: { kind: crash, target: r1 }';

test('a drill leaves out lines of all logs, or of one', async () => {
  const file = await drillWith(FAULT, 'log_ignore: ["^BUG: of old", { node: r1, lines: late }]');
  const { topology } = await loadDrill(file);
  const of = (name: string) => ignoredLines(topology.nodes.find((node) => node.name === name)!.labels);
  expect(of('r1')?.test('too late')).toBe(true);
  expect(of('r1')?.test('BUG: of old')).toBe(true);
  expect(of('r2')?.test('too late')).toBe(false);
  expect(of('client')?.test('BUG: of old')).toBe(true);
});

test('a wrong pattern and a node that is not there have their places', async () => {
  expect(await problems(FAULT, 'log_ignore:', '  - "("', '  - { node: r3, lines: "[" }')).toEqual([
    expect.stringMatching(/^3:5 '\(' is not a regular expression: /),
    expect.stringMatching(/^4:24 '\[' is not a regular expression: /),
    expect.stringMatching(/^4:13 the topology has no node 'r3' \(did you mean 'r1'\?\); it has r1, r2, /),
  ]);
});
