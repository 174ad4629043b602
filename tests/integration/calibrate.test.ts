import { expect, test } from 'vitest';
import { expectCalibrated } from '../support/calibrations.ts';
import { startHadrill } from '../support/hadrill.ts';
import { waitNothingLeft } from '../support/labs.ts';
import { refused } from '../support/refused.ts';

test('calibrate: cuts of known length are seen as long as they were, and nothing where nothing was cut', async () => {
  await expectCalibrated([20, 100, 1000], 2);
});

test('Ctrl-C removes the lab', async () => {
  const command = startHadrill(['calibrate', '--cuts', '8', '--null', '1s', '--json']);
  await command.said(/cuts 1 to 8/);
  const name = /lab '(calibration-[0-9a-f]{8})'/.exec(command.stderr)?.[1];
  expect(name).toBeDefined();
  command.signal('SIGINT');
  const done = await command.ended;
  expect(done).toMatchObject({ code: 130, stdout: '' });
  await waitNothingLeft(name!, 1000);
});

test.each([
  { args: ['--cuts', '0'], says: /--cuts must be from 1 to 480/ },
  { args: ['--cuts', 'many'], says: /whole number/ },
  { args: ['--null', '10ms'], says: /--null must be from 1s to 10m/ },
  { args: ['--null', 'long'], says: /'long' is not a duration/ },
  { args: ['--cuts', '481', '--null', '1h'], says: /--cuts .*\n.*--null/ },
  { args: ['--lengths', '1s'], says: /unknown option/ },
])('$args is refused', async ({ args, says }) => {
  expect((await refused(['calibrate', ...args], 2)).stderr).toMatch(says);
});
