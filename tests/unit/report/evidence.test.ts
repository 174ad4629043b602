import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { layoutOf } from '../../../harness/drill/layout-of.ts';
import { readJournal } from '../../../harness/journal/read-journal.ts';
import { readEvidence } from '../../../harness/report/evidence.ts';
import { layoutWords } from '../../../harness/report/html/layout-drawing.ts';
import { writePage } from '../../../harness/report/write-page.ts';
import { loadTopology } from '../../../harness/topology/load-topology.ts';

const FIXTURE = fileURLToPath(new URL('../../fixtures/run', import.meta.url));
const L3 = fileURLToPath(new URL('../../../topologies/l3/l3.clab.yml', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'hadrill-test-')), 'run');
  await cp(FIXTURE, folder, { recursive: true });
});
afterEach(() => rm(path.dirname(folder), { recursive: true }));

test('a run folder of before has the pressure of its trials, and no layout', async () => {
  const journal = await readJournal(path.join(folder, 'journal.json'));
  const { trials, layout, problems } = await readEvidence(folder, journal);
  expect([...trials.keys()]).toEqual(journal.trials.map(({ records }) => records));
  expect(trials.get(journal.trials[0]!.records!)!.pressure.length).toBeGreaterThan(1);
  expect(layout).toBeUndefined();
  expect(problems).toEqual([]);
});

test('a damaged record is left out and named; no file outside of the folder is read', async () => {
  const journal = await readJournal(path.join(folder, 'journal.json'));
  await writeFile(path.join(folder, journal.trials[0]!.records!, 'facts.json'), '{');
  journal.trials[1]!.records = '../run/trial-3';
  const { trials, problems } = await readEvidence(folder, journal);
  expect(trials.size).toBe(0);
  expect(problems).toEqual([expect.stringMatching(/trial-\d\/facts\.json.*is not JSON/)]);
  const file = await writePage(folder, journal);
  expect(file).toBe(path.join(folder, 'report.html'));
});

test('a layout has the nodes of a topology with their machines, and every wire', async () => {
  const topology = await loadTopology(L3);
  const layout = layoutOf(topology);
  expect(layout.nodes).toContainEqual({ name: 'r1', host: 'node1', image: 'hadrill/router' });
  expect(layout.wires).toHaveLength(topology.wires.length);
  expect(layoutWords(layout).join('\n')).toMatch(/^ha: r1 \(ha\), r2 \(ha\)$/m);
});
