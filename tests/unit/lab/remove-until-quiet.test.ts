import { expect, test } from 'vitest';
import { removeUntilQuiet } from '../../../harness/lab/remove-until-quiet.ts';

/** Runs a removal over a clock of its own. @param answers what each attempt does; the last one stays. */
async function run(answers: readonly (number | Error)[]) {
  let now_ms = 0;
  const attempts: number[] = [];
  const ended = await removeUntilQuiet({
    remove: async () => {
      const answer = answers[Math.min(attempts.length, answers.length - 1)]!;
      attempts.push(now_ms);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    now: () => now_ms,
    sleep: async (ms) => {
      now_ms += ms;
    },
  });
  return { ended, attempts, took_ms: now_ms };
}

const AWAY = new Error('connect ECONNREFUSED');

test('ends when nothing was there for two seconds', async () => {
  const { ended, took_ms } = await run([0]);
  expect(ended).toBe(true);
  expect(took_ms).toBeGreaterThanOrEqual(2000);
  expect(took_ms).toBeLessThan(2500);
});

test('what turns up late is removed, and the two seconds begin again', async () => {
  const { took_ms, attempts } = await run([...Array<number>(15).fill(0), 2, 0]);
  expect(took_ms).toBeGreaterThanOrEqual(attempts[15]! + 2000);
});

test('an engine that is away has not said that nothing is left', async () => {
  const { ended, attempts, took_ms } = await run([...Array<Error>(40).fill(AWAY), 3, 0]);
  expect(ended).toBe(true);
  expect(took_ms).toBeGreaterThanOrEqual(attempts[40]! + 2000);
  expect(attempts[40]! - attempts[39]!, 'it is asked less and less often').toBe(5000);
});

test('an engine that stays away is given up after an hour', async () => {
  const { ended, took_ms } = await run([AWAY]);
  expect(ended).toBe(false);
  expect(took_ms).toBeGreaterThanOrEqual(3_600_000);
  expect(took_ms).toBeLessThan(3_610_000);
});
