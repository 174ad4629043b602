import { describe, expect, it } from 'vitest';
import { InputError, UnknownError } from '../../../harness/ground/errors.ts';
import type { RequestRecord } from '../../../harness/outage/request-outages.ts';
import {
  lostPings,
  meetsYardstickTarget,
  salLevel,
  tl9000Outage,
  yardstickOutage,
} from '../../../harness/outage/yardsticks.ts';

const MS = 1_000_000;

/** A request every 10 ms for `length_ms`; those sent in one of the outages are never answered. */
function probe(length_ms: number, ...outages: [from_ms: number, to_ms: number][]): RequestRecord[] {
  return Array.from({ length: length_ms / 10 }, (_, seq) => {
    const sent_ns = seq * 10 * MS;
    const lost = outages.some(([from, to]) => seq * 10 >= from && seq * 10 < to);
    const received_ns = lost ? null : sent_ns + MS;
    return { seq, sent_ns, echoed_ns: received_ns, received_ns };
  });
}

describe('yardstickOutage', () => {
  it('reads an outage of 1.9 s between two checks as none', () => {
    expect(yardstickOutage(probe(20_000, [2500, 4400]))).toEqual({ outage_ms: 0, checks: 9, failed: 0 });
  });

  it('reads the same outage as one timeout when a check falls into it', () => {
    expect(yardstickOutage(probe(20_000, [2000, 3900]))).toEqual({ outage_ms: 100, checks: 9, failed: 1 });
  });

  it('counts from the start of the first failed check to the end of the last', () => {
    // Checks at 0, 2.4, 4.8, 7.2, 9.6: failed at 4.8 and 7.2.
    expect(yardstickOutage(probe(12_000, [3000, 9000]))).toEqual({ outage_ms: 2500, checks: 5, failed: 2 });
    expect(yardstickOutage(probe(12_000, [3000, 9000]), { late_ms: 1000 }).outage_ms).toBe(3400);
    // Service in between is not taken off.
    expect(yardstickOutage(probe(12_000, [2400, 2410], [9600, 9610])).outage_ms).toBe(7300);
  });

  it('looks only at its window, and starts its schedule there', () => {
    const records = probe(20_000, [2500, 4400]);
    const window = { from_ns: 200 * MS, to_ns: 8000 * MS };
    // Checks at 0.2, 2.6, 5.0, 7.4.
    expect(yardstickOutage(records, window)).toEqual({ outage_ms: 100, checks: 4, failed: 1 });
    expect(yardstickOutage(records, { spacing_ms: 1000 })).toEqual({
      outage_ms: 1100,
      checks: 20,
      failed: 2,
    });
  });

  it('takes an answer that comes late for none', () => {
    const late = probe(3000).map((one) => ({ ...one, received_ns: one.sent_ns + 150 * MS }));
    expect(yardstickOutage(late)).toMatchObject({ checks: 2, failed: 2 });
    expect(yardstickOutage(late, { late_ms: 200 })).toMatchObject({ failed: 0 });
  });

  it('makes no check where the probe sent nothing', () => {
    const records = probe(10_000).filter((one) => one.sent_ns < 1000 * MS || one.sent_ns > 6000 * MS);
    // At 0; 2.4 is skipped; 6.01 for 4.8; then 7.2 and 9.6.
    expect(yardstickOutage(records).checks).toBe(4);
  });

  it('cannot say anything without requests, and refuses what is not a time', () => {
    expect(() => yardstickOutage([])).toThrow(UnknownError);
    expect(() => yardstickOutage(probe(1000), { from_ns: 5000 * MS })).toThrow(UnknownError);
    expect(() => yardstickOutage(probe(1000), { spacing_ms: 0 })).toThrow(InputError);
    expect(() => yardstickOutage(probe(1000), { late_ms: Number.NaN })).toThrow(InputError);
  });
});

describe('lostPings', () => {
  it('counts pings 0.1 s apart', () => {
    expect(lostPings(probe(20_000, [2000, 3900]))).toEqual({ sent: 200, lost: 19, passes: true });
  });

  it('passes up to 89 lost', () => {
    expect(lostPings(probe(20_000, [1000, 9900]))).toMatchObject({ lost: 89, passes: true });
    expect(lostPings(probe(20_000, [1000, 10_000]))).toMatchObject({ lost: 90, passes: false });
    expect(lostPings(probe(20_000, [1000, 10_000]), { allowed: 120 }).passes).toBe(true);
    expect(() => lostPings([])).toThrow(UnknownError);
  });
});

describe('salLevel', () => {
  it.each([
    [999, 6000, 1],
    [1000, 6000, 2],
    [999, 6001, 2],
    [4999, 15_000, 2],
    [5000, 15_000, 3],
    [0, 15_001, 3],
    [9999, 25_000, 3],
    [10_000, 25_000, 0],
    [0, 25_001, 0],
    [0, Number.POSITIVE_INFINITY, 0],
  ])('detected in %d ms, recovered in %d ms: level %i', (detection_ms, recovery_ms, level) => {
    expect(salLevel({ detection_ms, recovery_ms })).toEqual({ level, detection_judged: true });
  });

  it('says so when the recovery alone decided', () => {
    expect(salLevel({ recovery_ms: 3000 })).toEqual({ level: 1, detection_judged: false });
    expect(() => salLevel({ recovery_ms: -1 })).toThrow(InputError);
  });
});

it('knows an outage of TL 9000 and Yardstick’s target', () => {
  expect([14_999, 15_000].map(tl9000Outage)).toEqual([false, true]);
  expect([4999, 5000].map(meetsYardstickTarget)).toEqual([true, false]);
  expect(() => tl9000Outage(Number.NaN)).toThrow(InputError);
});
