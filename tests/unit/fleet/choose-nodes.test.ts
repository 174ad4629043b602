import { expect, test } from 'vitest';
import { chooseNodes } from '../../../harness/fleet/choose-nodes.ts';
import type { SwarmNode } from '../../../harness/fleet/swarm-shapes.ts';

function node(id: string, host: string, more: Partial<SwarmNode['Spec']> = {}, state = 'ready'): SwarmNode {
  return {
    ID: id,
    Spec: { Availability: 'active', Labels: {}, ...more },
    Description: { Hostname: host },
    Status: { State: state },
  };
}

const NODES = [
  node('b1111zz', 'lab2', { Labels: { drills: 'yes', 'hadrill.socket': '/run/other.sock' } }),
  node('a2222zz', 'lab1', { Labels: { drills: 'no' } }),
  node('c3333zz', 'lab3', { Availability: 'drain' }),
  node('d4444zz', 'lab4', {}, 'down'),
];
const choose = (labels: string[], names: string[] = []) =>
  chooseNodes(NODES, { labels, names }).map(({ name }) => name);

test('without a choice all that are available, by name; one that is down says so', () => {
  expect(choose([])).toEqual(['lab1', 'lab2', 'lab4']);
  expect(chooseNodes(NODES, { labels: [], names: [] }).map(({ away }) => away)).toEqual([
    undefined,
    undefined,
    'it is down',
  ]);
});

test('by label, with its value or without', () => {
  expect(choose(['drills=yes'])).toEqual(['lab2']);
  expect(choose(['drills'])).toEqual(['lab1', 'lab2']);
  expect(choose(['drills', 'hadrill.socket'])).toEqual(['lab2']);
});

test('by host name and by ID; one that is drained is taken, and is away', () => {
  expect(choose([], ['lab2', 'a2222zz'])).toEqual(['lab1', 'lab2']);
  expect(chooseNodes(NODES, { labels: [], names: ['lab3'] })[0]!.away).toBe("its availability is 'drain'");
});

test("its engine's socket is where its label says", () => {
  const [lab1, lab2] = chooseNodes(NODES, { labels: [], names: [] });
  expect(lab1!.socket).toBe('/var/run/docker.sock');
  expect(lab2!.socket).toBe('/run/other.sock');
});

test('nodes of one host name are told apart, and names are those that engines may have', () => {
  const same = [
    node('abcdefgh', 'vm'),
    node('abcdeijk', 'vm'),
    node('xyz12345', 'a_very.long name'.repeat(4)),
  ];
  const names = chooseNodes(same, { labels: [], names: [] }).map(({ name }) => name);
  expect(names).toEqual(['a_very.long-namea_very.long-name', 'vm-abcdefgh', 'vm-abcdeijk']);
  const [first, second] = chooseNodes([node('aaaaa1', 'vm'), node('bbbbb2', 'vm')], {
    labels: [],
    names: [],
  });
  expect([first!.name, second!.name]).toEqual(['vm-aaaaa', 'vm-bbbbb']);
});

test.each([
  [['nobody'], [], /no node of the swarm has 'nobody'.*--label-add/],
  [['drills=maybe'], [], /no node of the swarm has 'drills=maybe'/],
  [[], ['lab9'], /no node 'lab9'.*lab1, lab3, lab4|no node 'lab9'/],
])('labels %j and names %j are refused', (labels, names, words) => {
  expect(() => choose(labels, names)).toThrow(words);
});

test('a swarm of which every node is drained is refused', () => {
  const drained = [
    node('a', 'lab1', { Availability: 'drain' }),
    node('b', 'lab2', { Availability: 'pause' }),
  ];
  expect(() => chooseNodes(drained, { labels: [], names: [] })).toThrow(
    'no node is available: lab1 is drained, lab2 is paused',
  );
});
