import { test } from 'vitest';
import { expectNoWrongPass } from '../support/starved.ts';

test('a busy machine, 1 busy loop per core: unknown or repeated, never a wrong pass', async () => {
  await expectNoWrongPass(1);
});
