import { expect, test } from 'vitest';
import { interfered } from '../support/interference.ts';
import { expectNothingLeft } from '../support/labs.ts';

test("the client's container is removed in mid-trial: unknown, with the reason, and a journal", async () => {
  const { done, journal, lab } = await interfered('client', (one) => one.remove({ force: true }), 1);
  expect(done.code, done.stderr).toBe(4);
  expect(done.stderr).not.toContain('an unexpected error');
  expect(journal.trials).toHaveLength(1);
  expect(journal.trials[0]).toMatchObject({
    verdict: 'unknown',
    reason: expect.stringMatching(/^node 'client' was removed from outside at \S+Z/),
  });
  await expectNothingLeft(lab);
});
