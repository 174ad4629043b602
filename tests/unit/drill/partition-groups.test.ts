import { expect, test } from 'vitest';
import { loadDrill } from '../../../harness/drill/load-drill.ts';
import { drillWith, problems } from './drill-texts.ts';

const partition = (groups: string) =>
  `fault: { kind: partition, target: "network:ha", options: { groups: "${groups}" } }`;

test('a node that is not there, or not on the network, is refused before the lab is built, with its place', async () => {
  expect(await problems(partition('r1|r3'))).toEqual([
    expect.stringMatching(/^1:\d+ network 'ha' has no node 'r3' \(did you mean 'r1'\?\); it has r1, r2$/),
  ]);
  expect(await problems(partition('r1|client'))).toEqual([
    expect.stringMatching(/^1:\d+ network 'ha' has no node 'client'; it has r1, r2$/),
  ]);
});

test('a network that is not there is named once', async () => {
  expect(await problems(partition('r1|r3').replace('network:ha', 'network:hb'))).toEqual([
    expect.stringMatching(/^1:\d+ .*network 'hb'/),
  ]);
});

test('groups of nodes that are there are taken', async () => {
  await expect(loadDrill(await drillWith(partition('r1|r2')))).resolves.toBeDefined();
});
