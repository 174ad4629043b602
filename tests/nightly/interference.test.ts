import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { sleep } from '../../harness/ground/wait.ts';
import { interfered } from '../support/interference.ts';
import { expectNothingLeft } from '../support/labs.ts';

const pauseFor = async (one: Docker.Container, ms: number) => {
  await one.pause();
  await sleep(ms);
  // Its lab may have been given up by then.
  await one.unpause().catch(() => undefined);
};

const restart = (one: Docker.Container) =>
  one.restart({ t: 0 }).catch((error: unknown) => {
    // Its lab may have been given up before the engine starts it again.
    if (!/marked for removal|No such container/.test(String(error))) throw error;
  });

test.each([
  ["the server's container is killed", 'server', 'was sent a signal', (one: Docker.Container) => one.kill()],
  ["the server's container is restarted", 'server', 'was', restart],
  [
    "the client's container is paused for a moment",
    'client',
    'was paused',
    (one: Docker.Container) => pauseFor(one, 300),
  ],
  ['the fabric is removed', 'fabric', 'was', (one: Docker.Container) => one.remove({ force: true })],
  ['the fabric is restarted', 'fabric', 'was', restart],
  ['the fabric is paused for good', 'fabric', 'was paused', (one: Docker.Container) => one.pause()],
])('%s: that trial is unknown, the next has a lab of its own', async (_what, node, words, act) => {
  const { done, journal, lab } = await interfered(node, act, 2);
  expect([0, 1, 4], done.stderr).toContain(done.code);
  const [first, second] = journal.trials;
  const who = node === 'fabric' ? "the lab's fabric" : `node '${node}'`;
  expect(first).toMatchObject({ verdict: 'unknown' });
  expect(first!.reason).toContain(`${who} ${words}`);
  expect(first!.metrics).toEqual({});
  // Of the repetitions of a starved one the first had the new lab.
  const after = [...(journal.repeated ?? []), second!];
  expect(after.flatMap(({ notes = [] }) => notes).join()).toContain(
    'the lab was built anew before this trial',
  );
  expect(second!.reason ?? '').not.toMatch(/from outside|connection|fabric's answer/);
  await expectNothingLeft(lab);
});
