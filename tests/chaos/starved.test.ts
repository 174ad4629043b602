import { expect, test } from 'vitest';
import { expectNoWrongPass } from '../support/starved.ts';

test('a starved machine, 8 busy loops per core: unknown or repeated, and noticed, never a wrong pass', async () => {
  const trials = await expectNoWrongPass(8);
  // With so many that nobody is ever run at once, it must be noticed.
  expect(trials.some(({ reason }) => /starved/.test(reason ?? ''))).toBe(true);
});
