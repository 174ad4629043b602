import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bystanders } from '../support/bystanders.ts';
import { freshFolder } from '../support/folder.ts';
import { hadrill } from '../support/hadrill.ts';
import {
  huntRandom,
  killAt,
  killUp,
  killUpWithGuard,
  nothingLeft,
  randomMoment,
  reportable,
  settled,
} from '../support/kills.ts';
import { changesSince } from '../support/lab-state.ts';
import {
  engine,
  freshLab,
  freshName,
  labContainers,
  removeLabs,
  topologyFile,
  waitNothingLeft,
} from '../support/labs.ts';
import { processesOf } from '../support/machine-traces.ts';

/** Of each kind. Faults have a hunt of their own: fault-kills.test.ts. */
const KILLS = Number(process.env.HADRILL_TEST_KILLS ?? 50);
const TIMEOUT_MS = 7_200_000;
const random = huntRandom();
let bystanders: Bystanders;

beforeAll(async () => {
  bystanders = await Bystanders.begin();
});
afterAll(() => bystanders?.end());

test.each([
  ['run l3/node-crash', ['run', 'l3/node-crash', '--trials', '3'], 30_000],
  ['run dhcp/node-crash', ['run', 'dhcp/node-crash'], 40_000],
  ['run lb/haproxy-kill', ['run', 'lb/haproxy-kill'], 40_000],
  ['run metadata/agent-kill', ['run', 'metadata/agent-kill'], 40_000],
  ['calibrate', ['calibrate', '--cuts', '4', '--null', '2s'], 20_000],
] as const)(
  '%s',
  async (what, words, lasts_ms) => {
    const out = await freshFolder();
    let longest_ms = 0;
    for (let count = 0; count < KILLS; count += 1) {
      const killed = await killAt([...words, '--out', out], randomMoment(random, lasts_ms));
      longest_ms = Math.max(longest_ms, await nothingLeft(killed));
      await bystanders.expectUntouched();
    }
    await reportable(out);
    console.log(`${what}: ${KILLS} kills, all gone after ${longest_ms.toFixed(0)} ms at most`);
  },
  TIMEOUT_MS,
);

test(
  'up',
  async () => {
    let longest_ms = 0;
    for (let count = 0; count < KILLS; count += 1) {
      longest_ms = Math.max(longest_ms, await killUp(random, 2500));
      await bystanders.expectUntouched();
    }
    console.log(`up: ${KILLS} kills, all gone after ${longest_ms.toFixed(0)} ms at most`);
  },
  TIMEOUT_MS,
);

test(
  'up, together with its start guard: at most a fabric that never ran, and the next command removes that',
  async () => {
    let left = 0;
    for (let count = 0; count < 4 * KILLS; count += 1) {
      const states = await killUpWithGuard(random, 2000);
      if (states.length === 0) continue;
      left += 1;
      expect(states).toEqual(['fabric created']);
    }
    console.log(`up and its start guard: something was left in ${left} of ${4 * KILLS} tries`);
    const lab = freshName('next');
    expect((await hadrill(['up', topologyFile('small'), '--name', lab])).code).toBe(0);
    await removeLabs(lab);
    expect(await labContainers('together-*')).toEqual([]);
    await bystanders.expectUntouched();
  },
  TIMEOUT_MS,
);

test('a fabric to which no harness has spoken removes its lab', async () => {
  const run_id = freshName('silent');
  const labels = { 'hadrill.lab': run_id, 'hadrill.run': run_id, 'hadrill.host': 'a' };
  // A real-time share is not there for every lab.
  const host = { ...(await bystanders.fabric()).HostConfig, CpuRealtimePeriod: 0, CpuRealtimeRuntime: 0 };
  try {
    await engine.docker.createContainer({
      Image: 'hadrill/endpoint',
      Labels: { ...labels, 'hadrill.node': 'a' },
      HostConfig: { NetworkMode: 'none' },
    });
    const fabric = await engine.docker.createContainer({
      Image: (await bystanders.fabric()).Image,
      Env: [`HADRILL_REAP_LABEL=hadrill.run=${run_id}`],
      Labels: { ...labels, 'hadrill.node': 'fabric' },
      OpenStdin: true,
      StdinOnce: true,
      HostConfig: host,
    });
    await fabric.start();
    await waitNothingLeft(run_id, 40_000);
  } finally {
    await removeLabs(run_id);
  }
});

test(
  'exec',
  async () => {
    const lab = freshLab('broken');
    let longest_ms = 0;
    expect((await hadrill(['up', topologyFile('small'), '--name', lab])).code).toBe(0);
    const ids = (await labContainers(lab)).map(({ Id: id }) => id);
    const before = processesOf(ids);
    for (let count = 0; count < KILLS; count += 1) {
      const killed = await killAt(['exec', lab, 'a', '--', 'sleep', '5'], random.unit() * 3000);
      longest_ms = Math.max(longest_ms, await nothingLeft(killed));
      await settled(`the lab's processes to be as before: ${killed.words}`, async () =>
        changesSince(before, processesOf(ids)),
      );
      await bystanders.expectUntouched();
    }
    console.log(`exec: ${KILLS} kills, all gone after ${longest_ms.toFixed(0)} ms at most`);
  },
  TIMEOUT_MS,
);
