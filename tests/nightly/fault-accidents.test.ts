import type Docker from 'dockerode';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sleep } from '../../harness/ground/wait.ts';
import { type EngineRun, endedInOrder, journalOf, startOn, waitNoLab } from '../support/engine-runs.ts';
import { FAULT_DRILL_ROWS, faultDrill } from '../support/fault-drill.ts';
import { hadrill } from '../support/hadrill.ts';
import { tracesOf } from '../support/machine-traces.ts';
import { noOwnEngine, OwnEngine } from '../support/own-engine.ts';

/** One kind of each class of faults, by what keeps it in effect. */
const CLASSES = {
  'of a wire': 'loss',
  'of a port': 'flap',
  'of a process': 'kill-loop',
  'of a resource': 'cpu-starve',
  'of a kernel table': 'conntrack-full',
  'of a folder': 'disk-full',
  'of a network': 'partition',
  'of an address': 'duplicate-address',
  'of a node': 'pause',
  'of an image': 'upgrade',
};
const ROWS = Object.entries(CLASSES).map(([what, kind]) => {
  const row = FAULT_DRILL_ROWS.find((one) => one.kind === kind);
  if (!row) throw new Error(`the matrix of faults has no ${kind}`);
  return { what, ...row };
});

const own = new OwnEngine();

type Named = readonly (readonly [node: string, Docker.Container])[];

async function ofLab(): Promise<Named> {
  const { docker } = await own.connect();
  const all = await docker.listContainers({ all: true, filters: { label: ['hadrill.lab'] } });
  return all.map(({ Id: id, Labels: labels }) => [labels['hadrill.node'] ?? '', docker.getContainer(id)]);
}

async function remove(all: Named): Promise<void> {
  // The lab may be being given up meanwhile.
  await Promise.all(all.map(([, one]) => one.remove({ force: true, v: true }).catch(() => undefined)));
}

/** What happens while the fault is in effect, and what the reason of the trial must then name. */
const ACCIDENTS: readonly (readonly [string, RegExp, () => Promise<void>])[] = [
  [
    'the engine is killed and started again',
    /engine|fabric/,
    async () => {
      await own.kill();
      await sleep(2000);
      await own.start();
    },
  ],
  [
    "its victim's container is removed",
    // Removing it begins with a signal, and that may be noticed first.
    /node 'b' was (removed|sent a signal) from outside/,
    async () => remove((await ofLab()).filter(([node]) => node === 'b')),
  ],
  [
    'every container of the lab is removed, the fabric first',
    /fabric/,
    async () => {
      const all = await ofLab();
      await remove(all.filter(([node]) => node === 'fabric'));
      await remove(all);
    },
  ],
];

/** Two trials, of which the first is hit: it says so, and the next has a lab of its own. */
async function judge(run: EngineRun, reason: RegExp, kind: string): Promise<void> {
  // Nobody takes over what the victim of the second trial had: that may fail.
  await endedInOrder(run, [0, 1, 3, 4]);
  const [first, second] = (await journalOf(run))?.trials ?? [];
  expect(first, 'a trial is on record').toMatchObject({
    verdict: 'unknown',
    reason: expect.stringMatching(reason),
  });
  expect(second?.reason ?? '', `the second ${kind}`).not.toMatch(/from outside|connection/);
}

describe.skipIf(noOwnEngine)(noOwnEngine ?? 'an accident while a fault is in effect', () => {
  beforeAll(() => own.begin(['fabric', 'endpoint', 'router']));
  afterAll(() => own.end());
  beforeEach(async () => remove(await ofLab()));

  describe.each(ACCIDENTS)('%s', (_what, reason, happens) => {
    test.each(ROWS)('a fault $what: $kind of $target', async (row) => {
      const run = await startOn(own, await faultDrill(row), 2);
      await run.command.said(/^trial 1: /m);
      const ids = (await ofLab()).map(([, { id }]) => id);
      await happens();
      await judge(run, reason, row.kind);
      await hadrill(['gc'], { env: own.env });
      await waitNoLab(own, 30_000);
      expect(tracesOf(ids)).toEqual([]);
    });
  });
});
