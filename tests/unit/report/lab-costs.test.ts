import { expect, test } from 'vitest';
import { NO_EVIDENCE } from '../../../harness/report/evidence.ts';
import { reportPage } from '../../../harness/report/html/report-page.ts';
import { memoryWords } from '../../../harness/report/memory-words.ts';
import { describeEnvironment } from '../../../harness/report/provenance.ts';
import { crashTrial, journalOf } from './journals.ts';

const MIB = 1 << 20;
const journal = journalOf([crashTrial(1, 3300)]);
const weighed = {
  ...journal,
  environment: {
    ...journal.environment,
    memory_bytes: { node1: 1434 * MIB, node2: 66.4 * MIB },
    setup_ms: { 'every node is up': 41_230, 'routers and ports work': 9_870 },
    node_up_ms: { node1: 40_100, node3: 810 },
  },
};
const layout = {
  nodes: ['node1', 'node2', 'node3'].map((name) => ({ name, host: name, image: 'hadrill/router' })),
  wires: [],
};

test.each([
  [1434 * MIB, '1434 MiB'],
  [10 * MIB, '10 MiB'],
  [3.26 * MIB, '3.3 MiB'],
  [80_000, '0.1 MiB'],
])('%d bytes', (bytes, words) => {
  expect(memoryWords(bytes)).toBe(words);
});

test('a run says how much memory its nodes took, and nothing where that is not known', () => {
  expect(describeEnvironment(weighed)).toContain('1500 MiB of memory for 2 nodes');
  expect(describeEnvironment(journal)).not.toContain('memory');
});

test('a run says after what time its lab was up, and nothing where that is not known', () => {
  expect(describeEnvironment(weighed)).toContain('51.10 s until the lab was up');
  expect(describeEnvironment(journal)).not.toContain('until the lab was up');
});

test('the page has what is known of each node and of each step until the lab was up', () => {
  const rows = (run: typeof journal) =>
    [...reportPage(run, undefined, { ...NO_EVIDENCE, layout }).matchAll(/<tr>.*?<\/tr>/g)].map(([row]) =>
      row
        .replace(/<[^>]*>/g, ' ')
        .replace(/ +/g, ' ')
        .trim(),
    );
  expect(rows(weighed)).toEqual(
    expect.arrayContaining([
      'node1 node1 hadrill/router 40.10 s 1434 MiB',
      'node2 node2 hadrill/router 66 MiB',
      'node3 node3 hadrill/router 810 ms',
      'every node is up 41.23 s',
      'routers and ports work 9.87 s',
    ]),
  );
  expect(rows(journal)).toContain('node1 node1 hadrill/router');
});
