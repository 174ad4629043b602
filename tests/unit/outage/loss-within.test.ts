import { expect, test } from 'vitest';
import { lossWithin } from '../../../harness/outage/loss-within.ts';
import { tableOf } from '../../../harness/outage/request-table.ts';

const MS = 1_000_000;

/** A request every 10 ms from 0 on, answered after so many ms, or never. */
const sent = (...answers: (number | null)[]) =>
  tableOf(
    answers.map((after_ms, seq) => {
      const sent_ns = 10 * seq * MS;
      const received_ns = after_ms === null ? null : sent_ns + after_ms * MS;
      return { seq, sent_ns, echoed_ns: received_ns, received_ns };
    }),
  );

test('what was sent from the first moment on and before the last counts, whenever it was answered', () => {
  const table = sent(null, 1, null, 99, null, null);
  expect(lossWithin(table, 100, 0, 60 * MS)).toBe(4 / 6);
  expect(lossWithin(table, 100, 10 * MS, 50 * MS)).toBe(0.5);
  expect(lossWithin(table, 100, 1 * MS, 20 * MS), 'one alone').toBe(0);
});

test('an answer that comes too late is none', () => {
  expect(lossWithin(sent(100, 101, 1, 1), 100, 0, 40 * MS)).toBe(0.25);
});

test('where nothing was sent there is no share', () => {
  expect(lossWithin(sent(1, 1), 100, 20 * MS, 40 * MS)).toBeUndefined();
});
