import { expect, test } from 'vitest';
import { InputError } from '../../../../harness/ground/errors.ts';
import type { RequestTable } from '../../../../harness/outage/request-table.ts';
import { longestSendGapMs } from '../../../../harness/outage/send-gaps.ts';
import {
  parseArrivals,
  parseUdpRecords,
  withArrivals,
} from '../../../../harness/probes/udp/records/udp-records.ts';

const HEADER = 'seq,sent_ns,echoed_ns,received_ns\n';

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function parse(lines: string): RequestTable {
  return parseUdpRecords(bytes(HEADER + lines));
}

function rowsOf({ seq, sent_ns, echoed_ns, received_ns }: RequestTable): number[][] {
  return Array.from(seq, (number, at) => [number, sent_ns[at]!, echoed_ns[at]!, received_ns[at]!]);
}

test('an empty field is what never happened', () => {
  expect(rowsOf(parse('0,10,11,12\n1,20,,\n2,30,31,\n'))).toEqual([
    [0, 10, 11, 12],
    [1, 20, NaN, NaN],
    [2, 30, 31, NaN],
  ]);
});

test('numbers are read exactly, however they are written', () => {
  const text = '0,-5,9007199254740991,1e3\n1, 7 ,0x10,000000000000000000012\r\n2,999999999999999,1,2';
  expect(rowsOf(parse(text))).toEqual([
    [0, -5, 9007199254740991, 1000],
    [1, 7, 16, 12],
    [2, 999999999999999, 1, 2],
  ]);
});

test('white space at the end is no line', () => {
  expect(rowsOf(parse('0,1,2,3\n\n \r\n'))).toEqual([[0, 1, 2, 3]]);
  expect(rowsOf(parse(''))).toEqual([]);
});

test('the arrival is known also of a request whose answer was lost', () => {
  const requests = parse('3,10,11,12\n4,20,,\n6,30,,\n9,40,,\n');
  const arrivals = parseArrivals(bytes('seq,echoed_ns\n9,41\n3,99\n4,21\n5,22\n4,23\n'));
  expect(rowsOf(withArrivals(requests, arrivals)).map(([, , echoed_ns]) => echoed_ns)).toEqual([
    11,
    23,
    NaN,
    41,
  ]);
});

test.each([
  ['', 'the first line'],
  ['seq,sent\n', 'the first line'],
  [`${HEADER}0,10,11\n`, 'line 2'],
  [`${HEADER}0,10,11,12\n1,x,21,22\n`, 'line 3'],
  [`${HEADER}0,10,11,12,13\n`, 'line 2'],
  [`${HEADER},10,11,12\n`, 'line 2'],
  [`${HEADER}0,10,11,12\n\n2,30,31,32\n`, 'line 3'],
  [`${HEADER}0,9007199254740993,11,12\n`, 'line 2'],
  [`${HEADER}0,10,11,1.5\n`, 'line 2'],
])('%j is refused', (csv, where) => {
  expect(() => parseUdpRecords(bytes(csv))).toThrow(InputError);
  expect(() => parseUdpRecords(bytes(csv))).toThrow(where);
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
