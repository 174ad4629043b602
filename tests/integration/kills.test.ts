import { afterAll, beforeAll, test } from 'vitest';
import { Bystanders } from '../support/bystanders.ts';
import { freshFolder } from '../support/folder.ts';
import { huntRandom, killAt, killUp, nothingLeft, randomMoment, reportable } from '../support/kills.ts';
import { drillFile } from '../support/labs.ts';

const random = huntRandom();
let bystanders: Bystanders;

beforeAll(async () => {
  bystanders = await Bystanders.begin();
});
afterAll(() => bystanders?.end());

test('commands that are killed at random moments, two at a time, leave nothing', async () => {
  const out = await freshFolder();
  const commands = [
    ['run', drillFile('quick-crash')],
    ['calibrate', '--cuts', '4', '--null', '2s'],
  ];
  for (const words of commands) {
    const killed = killAt([...words, '--out', out], randomMoment(random, 12_000)).then(nothingLeft);
    await Promise.all([killed, killUp(random, 1200)]);
    await bystanders.expectUntouched();
  }
  await reportable(out);
});
