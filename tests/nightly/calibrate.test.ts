import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { LENGTHS_MS } from '../../harness/calibration/plan.ts';
import { sleep } from '../../harness/ground/wait.ts';
import { expectCalibrated } from '../support/calibrations.ts';
import { startHadrill } from '../support/hadrill.ts';
import { engine, expectNothingLeft, inspectLab } from '../support/labs.ts';

test('calibrate: cuts of every length are seen as long as they were, and nothing where nothing was cut', async () => {
  await expectCalibrated(LENGTHS_MS, 10);
});

test.each([
  ['was removed', (one: Docker.Container) => one.remove({ force: true })],
  [
    'was paused and was unpaused',
    async (one: Docker.Container) => {
      await one.pause();
      await sleep(200);
      await one.unpause();
    },
  ],
] as const)('a node that %s from outside: unknown, with the reason', async (what, act) => {
  const command = startHadrill(['calibrate', '--cuts', '8', '--null', '5s', '--seed', '1']);
  await command.said(/^cuts 1 to /m);
  const lab = /lab '(calibration-[0-9a-f]{8})'/.exec(command.stderr)![1]!;
  await sleep(1500);
  await act(engine.docker.getContainer((await inspectLab(lab)).get('server')!.Id));
  const { code, stdout, stderr } = await command.ended;
  expect({ code, stdout }, stderr).toEqual({ code: 4, stdout: '' });
  expect(stderr).toMatch(/^hadrill: the calibration was disturbed, and nothing is known: node 'server' /m);
  expect(stderr).toContain(what);
  await expectNothingLeft(lab);
});
