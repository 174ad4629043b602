import { expect, test } from 'vitest';
import { InputError } from '../../../../harness/ground/errors.ts';
import { longestSendGapMs } from '../../../../harness/outage/send-gaps.ts';
import { parseUdpRecords } from '../../../../harness/probes/udp/records/udp-records.ts';

const HEADER = 'seq,sent_ns,echoed_ns,received_ns\n';

test('an empty field is what never happened', () => {
  expect(parseUdpRecords(`${HEADER}0,10,11,12\n1,20,,\n2,30,31,\n`)).toEqual([
    { seq: 0, sent_ns: 10, echoed_ns: 11, received_ns: 12 },
    { seq: 1, sent_ns: 20, echoed_ns: null, received_ns: null },
    { seq: 2, sent_ns: 30, echoed_ns: 31, received_ns: null },
  ]);
});

test.each([
  ['', 'the first line'],
  ['seq,sent\n', 'the first line'],
  [`${HEADER}0,10,11\n`, 'line 2'],
  [`${HEADER}0,10,11,12\n1,x,21,22\n`, 'line 3'],
  [`${HEADER}0,10,11,12,13\n`, 'line 2'],
  [`${HEADER},10,11,12\n`, 'line 2'],
])('%j is refused', (csv, where) => {
  expect(() => parseUdpRecords(csv)).toThrow(InputError);
  expect(() => parseUdpRecords(csv)).toThrow(where);
});

test('the longest pause between two sends in the window is what the machine took', () => {
  const records = [0, 5, 10, 70, 75, 300].map((ms, seq) => ({
    seq,
    sent_ns: ms * 1_000_000,
    echoed_ns: null,
    received_ns: null,
  }));
  expect(longestSendGapMs(records, 5, 0, 100_000_000)).toBe(55);
  expect(longestSendGapMs(records, 5, 0, 20_000_000)).toBe(0);
  expect(longestSendGapMs(records, 5, 0, 1_000_000_000)).toBe(220);
  expect(longestSendGapMs([], 5, 0, 1)).toBe(0);
});
