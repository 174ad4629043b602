import { expect, test } from 'vitest';
import { RequestTable } from '../../../harness/outage/request-table.ts';
import { waysOf, wayToClient } from '../../../harness/outage/ways.ts';

const LATE = 100;
const floats = (...values: number[]) => Float64Array.from(values);
/** Requests 0 to 3, sent every 10. */
const requests = (received: number[], echoed = [1, 11, 21, 31]) =>
  new RequestTable({
    seq: floats(0, 1, 2, 3),
    sent_ns: floats(0, 10, 20, 30),
    echoed_ns: floats(...echoed),
    received_ns: floats(...received),
  });
const NONE = Number.NaN;

test('a request that came twice was lost by nobody, and its copies are of the way to the server', () => {
  const ways = waysOf(
    requests([2, 12, 22, 32]),
    { seq: floats(0, 1, 1, 2, 3), echoed_ns: floats(1, 11, 12, 21, 31) },
    {
      seq: floats(0, 1, 2, 3, 1),
      echoed_ns: floats(1, 11, 21, 31, 12),
      received_ns: floats(2, 12, 22, 32, 13),
    },
    LATE,
  );
  expect(ways).toEqual({
    to_server: { lost: 0, duplicated: 1, reordered: 0 },
    to_client: { lost: 0, duplicated: 0, reordered: 0 },
    late: 0,
    unclear: 0,
  });
});

test('requests that the server took out of order are answered in that order: nothing overtook on the way back', () => {
  const echoed = [1, 25, 21, 31];
  const ways = waysOf(
    requests([2, 26, 22, 32], echoed),
    { seq: floats(0, 2, 1, 3), echoed_ns: floats(1, 21, 25, 31) },
    { seq: floats(0, 1, 2, 3), echoed_ns: floats(...echoed), received_ns: floats(2, 26, 22, 32) },
    LATE,
  );
  expect(ways.to_server.reordered).toBe(1);
  expect(ways.to_client.reordered).toBe(0);
});

test('what was lost is of the way on which it was, and what came too late of neither', () => {
  const ways = waysOf(
    requests([2, NONE, NONE, 200], [1, 11, NONE, 31]),
    { seq: floats(0, 1, 3), echoed_ns: floats(1, 11, 31) },
    { seq: floats(0, 3), echoed_ns: floats(1, 31), received_ns: floats(2, 200) },
    LATE,
  );
  expect(ways).toMatchObject({ to_server: { lost: 1 }, to_client: { lost: 1 }, late: 1, unclear: 0 });
});

test('an answer without an arrival contradicts, and says how far the counts may be off', () => {
  const answers = { seq: floats(0), echoed_ns: floats(1), received_ns: floats(2) };
  const none = { seq: floats(), echoed_ns: floats() };
  expect(waysOf(requests([2, NONE, NONE, NONE]), none, answers, LATE).unclear).toBe(1);
});

test('the way back is asked by what reached the server alone', () => {
  const { seq, sent_ns } = wayToClient(requests([2, 12, NONE, 32], [1, 11, NONE, 31]));
  expect([[...seq], [...sent_ns]]).toEqual([
    [0, 1, 2],
    [1, 11, 31],
  ]);
});

test('what reached the server out of order is sent back in the order of its arrival, whatever was lost between', () => {
  const { sent_ns, received_ns } = wayToClient(requests([32, NONE, 22, 2], [31, NONE, 21, 1]));
  expect([[...sent_ns], [...received_ns]]).toEqual([
    [1, 21, 31],
    [2, 22, 32],
  ]);
});
