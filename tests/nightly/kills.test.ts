import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type Docker from 'dockerode';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seededRandom } from '../../harness/ground/random.ts';
import { sleep, waitUntil } from '../../harness/ground/wait.ts';
import { readJournal } from '../../harness/journal/read-journal.ts';
import { freshFolder } from '../support/folder.ts';
import { hadrill, startHadrill } from '../support/hadrill.ts';
import {
  engine,
  freshName,
  labContainers,
  removeLabs,
  topologyFile,
  waitNothingLeft,
} from '../support/labs.ts';

const SEED = 20;
/** Of each kind; 300 in all. */
const KILLS = 50;
/** A lab is to be gone then on an idle machine; a loaded one takes longer to remove what it has just started. */
const GONE_MS = 30_000;
const random = seededRandom(SEED);

const bystander = freshName('bystander');
let others: Docker.Container[] = [];
let before: string[] = [];

/** What containers are that nobody has touched. */
async function fingerprint(): Promise<string[]> {
  const found = await Promise.all(others.map((one) => one.inspect()));
  return found.map(({ Id: id, State: state }) => `${id} ${state.Status} ${state.StartedAt} ${state.Pid}`);
}

beforeAll(async () => {
  expect((await hadrill(['up', topologyFile('small'), '--name', bystander])).code).toBe(0);
  const foreign = await engine.docker.createContainer({
    Image: 'hadrill/endpoint',
    Labels: { 'hadrill-but-not-ours': bystander },
    HostConfig: { NetworkMode: 'none' },
  });
  await foreign.start();
  const lab = (await labContainers(bystander)).map(({ Id: id }) => engine.docker.getContainer(id));
  others = [...lab, foreign];
  before = await fingerprint();
});
afterAll(async () => {
  await removeLabs(bystander);
  await others.at(-1)?.remove({ force: true });
});

/** Kills a command at a random moment of its life. */
async function kill(args: readonly string[], lasts_ms: number): Promise<number> {
  const command = startHadrill(args);
  const at_ms = random.unit() * lasts_ms;
  await sleep(at_ms);
  command.signal('SIGKILL');
  await command.ended;
  return at_ms;
}

/** Labs of runs begin with their topology's name. */
async function ownLabs(): Promise<string[]> {
  const labs = (await labContainers('*')).map(({ Labels: labels }) => labels['hadrill.lab'] ?? '');
  return [...new Set(labs)].filter((lab) => /^(l3|dhcp|lb|calibration)-[0-9a-f]{8}$/.test(lab));
}

async function journals(out: string): Promise<void> {
  for (const file of await readdir(out, { recursive: true }))
    if (path.basename(file) === 'journal.json') await readJournal(path.join(out, file));
}

test.each([
  ['run l3/node-crash', ['run', 'l3/node-crash', '--trials', '3'], 30_000],
  ['run dhcp/node-crash', ['run', 'dhcp/node-crash'], 40_000],
  ['run lb/haproxy-kill', ['run', 'lb/haproxy-kill'], 40_000],
  ['calibrate', ['calibrate', '--cuts', '4', '--null', '2s'], 20_000],
] as const)(
  '%s',
  async (_what, words, lasts_ms) => {
    const out = await freshFolder();
    for (let count = 0; count < KILLS; count += 1) {
      const known = new Set(await ownLabs());
      const at_ms = await kill([...words, '--out', out], lasts_ms);
      await waitUntil({
        what: `every lab of the command that was killed after ${at_ms.toFixed(0)} ms to be gone`,
        timeout_ms: GONE_MS,
        interval_ms: 500,
        check: async () => (await ownLabs()).every((lab) => known.has(lab)),
      });
      expect(await fingerprint()).toEqual(before);
    }
    await journals(out);
  },
  7_200_000,
);

test('up', async () => {
  for (let count = 0; count < KILLS; count += 1) {
    const lab = freshName('killed');
    await kill(['up', topologyFile('small'), '--name', lab], 2500);
    const { length: whole } = await labContainers(lab);
    // One that was released before it was killed is whole, and stays.
    await waitNothingLeft(lab, GONE_MS).catch(async (error: unknown) => {
      const works = await hadrill(['exec', lab, 'a', '--', 'ping', '-c', '1', '198.18.1.2']);
      if (whole !== 4 || works.code !== 0) throw error;
      await hadrill(['down', lab]);
    });
    expect(await fingerprint()).toEqual(before);
  }
}, 7_200_000);

test('fault and exec', async () => {
  const lab = freshName('broken');
  try {
    expect((await hadrill(['up', topologyFile('small'), '--name', lab])).code).toBe(0);
    for (let count = 0; count < KILLS; count += 1) {
      const [kind, target] = count % 2 === 0 ? ['cut', 'a:eth1'] : ['crash', 'a'];
      const words =
        count % 5 === 4
          ? ['exec', lab, 'a', '--', 'sleep', '5']
          : ['fault', lab, kind!, target!, '--for', '2s'];
      const at_ms = await kill(words, 3000);
      await waitUntil({
        what: `what was broken to be mended: ${words.join(' ')}, killed after ${at_ms.toFixed(0)} ms`,
        timeout_ms: GONE_MS,
        interval_ms: 500,
        check: async () =>
          (await hadrill(['exec', lab, 'a', '--', 'ping', '-c', '1', '-W', '1', '198.18.1.2'])).code === 0,
      });
      expect(await fingerprint()).toEqual(before);
    }
  } finally {
    await removeLabs(lab);
  }
}, 7_200_000);
