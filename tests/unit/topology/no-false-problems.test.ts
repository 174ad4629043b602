import { describe, expect, test } from 'vitest';
import { lab, problemsOf } from './problems-of.ts';

/** What follows from something that was already refused is not reported again. */
describe('one mistake makes one problem', () => {
  test.each([
    ['image of the wrong type', lab('    r1: {image: 5}').replace(', image: i', ''), ['5:17']],
    [
      'image of the wrong type in defaults',
      'name: t\ntopology:\n  defaults: {kind: linux, image: 5}\n  nodes: {r1: }',
      ['3:34'],
    ],
    [
      'kind of the wrong type',
      'name: t\ntopology:\n  defaults: {kind: 5, image: i}\n  nodes: {r1: }',
      ['3:20'],
    ],
    ['network mode of a bridge', lab('    "br|f": {kind: bridge, network-mode: x}\n    f:'), ['5:42']],
    [
      'healthcheck that another node waits for',
      lab(
        '    r1: {healthcheck: {test: 5}}\n    r2: {stages: {create: {wait-for: [{node: r1, stage: healthy}]}}}',
      ),
      ['5:30'],
    ],
    [
      'node that a link and a rule name',
      lab(
        '    r1: 5\n    r2: {stages: {create: {wait-for: [{node: r1, stage: create}]}}}',
        '    - endpoints: ["r1:a", "r2:a"]',
      ),
      ['5:9'],
    ],
    [
      'bind used by two nodes',
      'name: t\ntopology:\n  defaults: {kind: linux, image: i, binds: [nope:/x]}\n  nodes: {r1: , r2: }',
      ['3:45'],
    ],
    ['name missing', 'topology:\n  nodes: {r1: {kind: linux, image: i, cpu: x}}', ['1:1', '2:44']],
  ])('%s', async (_name, text, places) => {
    const problems = await problemsOf(text);
    expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual(places);
  });

  test('places stay right when entries of a list before them are refused', async () => {
    const text = lab(`    r1: {exec: [1, ls, 2, 'a "b', 3, 'c "d']}`);
    expect((await problemsOf(text)).map((problem) => problem.slice(0, 24))).toEqual([
      "5:17 'exec[0]': expected",
      "5:24 'exec[2]': expected",
      '5:27 this command cannot',
      "5:35 'exec[4]': expected",
      '5:38 this command cannot',
    ]);
  });

  test('links after a refused one keep their places', async () => {
    const links =
      '    - endpoints: [5, "r1:a"]\n    - {endpoints: ["r1:b"], mtu: x}\n    - endpoints: ["r1:c", "r9:c"]';
    const places = (await problemsOf(lab('    r1:', links))).map((problem) => problem.split(' ', 1)[0]);
    expect(places).toEqual(['7:19', '8:19', '8:34', '9:27']);
  });
});

test('many nodes that wait for many others are checked at once', async () => {
  const layers = Array.from({ length: 16 }, (_, layer) => ['a', 'b', 'c'].map((name) => `${name}${layer}`));
  const nodes = layers.flatMap((names, layer) =>
    names.map((name) => {
      const rules = (layers[layer - 1] ?? []).map((node) => `{node: ${node}, stage: create}`);
      return `    ${name}: {stages: {create: {wait-for: [${rules.join(', ')}]}}}`;
    }),
  );
  // Without remembering what was looked at, this would be 3^15 paths.
  expect(await problemsOf(lab(nodes.toReversed().join('\n')))).toEqual([]);
});

test('a bridge and the node that carries it can be waited for', async () => {
  const nodes = `    f:
    "br|f": {kind: bridge, network-mode: "container:f"}
    r1: {stages: {create: {wait-for: [{node: f, stage: create-links}, {node: "br|f", stage: create}]}}}`;
  expect(await problemsOf(lab(nodes))).toEqual([]);
});
