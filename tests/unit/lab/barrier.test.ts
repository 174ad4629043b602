import { expect, test } from 'vitest';
import { InterruptedError } from '../../../harness/ground/errors.ts';
import { Barrier } from '../../../harness/lab/barrier.ts';

const signal = new AbortController().signal;

test('nobody passes before all have arrived', async () => {
  const barrier = new Barrier(2);
  let passed = false;
  const first = barrier.pass(signal).then(() => {
    passed = true;
  });
  await new Promise(setImmediate);
  expect(passed).toBe(false);
  await Promise.all([first, barrier.pass(signal)]);
  expect(passed).toBe(true);
});

test('waiting ends when the work is given up', async () => {
  const controller = new AbortController();
  const waiting = new Barrier(2).pass(controller.signal);
  controller.abort(new InterruptedError());
  await expect(waiting).rejects.toThrow(InterruptedError);
});
