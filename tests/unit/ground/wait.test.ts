import { describe, expect, test } from 'vitest';
import { DeadlineError, EnvironmentError, InterruptedError } from '../../../harness/ground/errors.ts';
import { sleep, waitUntil, withDeadline } from '../../../harness/ground/wait.ts';

describe('waitUntil', () => {
  test('returns the first answer that is neither undefined nor false', async () => {
    const answers = [undefined, false, 0];
    const answer = await waitUntil({
      what: 'it',
      timeout_ms: 1000,
      interval_ms: 1,
      check: () => answers.shift() as number | false | undefined,
    });
    expect(answer).toBe(0);
  });

  test('says at its deadline what was awaited, what was last seen, and the last log lines', async () => {
    const wait = waitUntil({
      what: 'the daemon to answer',
      timeout_ms: 30,
      interval_ms: 5,
      check: () => false,
      lastSeen: () => 'connection refused',
      log: () => 'first line\nlast line',
    });
    await expect(wait).rejects.toThrow(DeadlineError);
    await expect(wait).rejects.toThrow(
      'waited 30 ms for the daemon to answer\nlast seen: connection refused\nlast log lines:\n  | first line\n  | last line',
    );
  });

  test('looks at least once, and passes on what a look throws', async () => {
    let looks = 0;
    const count = () => {
      looks += 1;
      return false;
    };
    await expect(waitUntil({ what: 'it', timeout_ms: 0, check: count })).rejects.toThrow(DeadlineError);
    expect(looks).toBe(1);
    const broken = () => {
      throw new EnvironmentError('the engine is gone');
    };
    await expect(waitUntil({ what: 'it', timeout_ms: 1000, check: broken })).rejects.toThrow(
      'the engine is gone',
    );
  });

  test("ends with the signal's own reason", async () => {
    const controller = new AbortController();
    const wait = waitUntil({
      what: 'it',
      timeout_ms: 10_000,
      interval_ms: 5000,
      signal: controller.signal,
      check: () => false,
    });
    setTimeout(() => controller.abort(new InterruptedError()), 10);
    await expect(wait).rejects.toThrow(InterruptedError);
  });
});

test('sleep ends with the reason of its signal', async () => {
  const signal = AbortSignal.abort(new InterruptedError());
  await expect(sleep(10_000, signal)).rejects.toThrow(InterruptedError);
});

test('withDeadline names what took too long', async () => {
  const never = new Promise(() => undefined);
  await expect(withDeadline('an answer', 10, never)).rejects.toThrow('waited 10 ms for an answer');
  await expect(withDeadline('an answer', 1000, Promise.resolve(7))).resolves.toBe(7);
});
