import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError, UnknownError } from '../../../harness/ground/errors.ts';
import {
  outagesWithin,
  primaryOutage,
  type RequestRecord,
  requestOutages,
} from '../../../harness/outage/request-outages.ts';

const MS = 1_000_000;
const INTERVAL_MS = 10;

/** One character a request: `.` answered after 1 ms, `x` never, or a digit: answered after so many tenths of a second. */
function probe(pattern: string, interval_ms = INTERVAL_MS): RequestRecord[] {
  return [...pattern].map((character, seq) => {
    const sent_ns = seq * interval_ms * MS;
    const delay_ms = character === '.' ? 1 : Number(character) * 100;
    const received_ns = character === 'x' ? null : sent_ns + delay_ms * MS;
    return { seq, sent_ns, echoed_ns: received_ns, received_ns };
  });
}

const measure = (pattern: string, options = {}) =>
  requestOutages(probe(pattern), { interval_ms: INTERVAL_MS, ...options });

describe('requestOutages', () => {
  it('sees no outage where there is none', () => {
    expect(measure('.....')).toEqual({
      interval_ms: 10,
      outages: [],
      blind_spots: [],
      sent: 5,
      received: 5,
      lost: 0,
      late: 0,
      first_ns: 0,
      last_ns: 40 * MS,
    });
    expect(measure('')).toMatchObject({ sent: 0, first_ns: undefined });
  });

  it('takes the middles of the two brackets, and half of both widths as the error', () => {
    expect(measure('..xxxx...').outages).toEqual([
      {
        start_ns: 15 * MS,
        end_ns: 55 * MS,
        outage_ms: 40,
        outage_error_ms: 10,
        loss_derived_ms: 40,
        lost: 4,
        open: false,
      },
    ]);
  });

  it('counts one isolated loss, but makes no outage of it', () => {
    expect(measure('..x......x....')).toMatchObject({ outages: [], lost: 2, received: 12 });
    expect(measure('..x......x....', { min_lost: 1 }).outages).toHaveLength(2);
  });

  it('goes on through single answers, and ends with three in a row', () => {
    expect(measure('.xx..xx...').outages).toMatchObject([{ lost: 4, outage_ms: 60, loss_derived_ms: 40 }]);
    expect(measure('.xx...xx...').outages).toMatchObject([{ lost: 2 }, { lost: 2 }]);
    expect(measure('.xx.xx..', { resume_count: 1 }).outages).toHaveLength(2);
  });

  it('counts a late answer as none, at the threshold', () => {
    expect(measure('..222.....')).toMatchObject({ received: 7, lost: 3, late: 3, outages: [{ lost: 3 }] });
    expect(measure('..111.....')).toMatchObject({ received: 10, lost: 0, late: 0 });
    expect(measure('..111.....', { late_ms: 99 }).late).toBe(3);
  });

  it('lets a queued answer say that service was back before the next request', () => {
    // Sent every 500 ms; the last bad one, sent at 1500, was answered at 1700: back between 1500 and 1700.
    const [outage] = requestOutages(probe('..x2....', 500), { interval_ms: 500 }).outages;
    expect(outage).toMatchObject({ start_ns: 750 * MS, end_ns: 1600 * MS, outage_error_ms: (500 + 200) / 2 });
  });

  it('is not misled by a late answer from before the last loss', () => {
    const [outage] = measure(`..2${'x'.repeat(50)}....`).outages;
    expect(outage).toMatchObject({ end_ns: 525 * MS, outage_error_ms: 10 });
  });

  it('widens the error where the probe was held up', () => {
    const records = probe('..xx....').map((record, i) => ({
      ...record,
      sent_ns: record.sent_ns + (i >= 2 ? 200 * MS : 0),
      received_ns: record.received_ns && record.received_ns + (i >= 2 ? 200 * MS : 0),
    }));
    expect(requestOutages(records, { interval_ms: 10 }).outages[0]?.outage_error_ms).toBe((210 + 10) / 2);
  });

  it('never closes an outage that the records do not see the end of', () => {
    expect(measure('..xxxx').outages).toMatchObject([{ open: true, outage_ms: 35, end_ns: 50 * MS }]);
    expect(measure('..xxxx..').outages).toMatchObject([{ open: true, end_ns: 70 * MS }]);
    expect(measure('xxx....').outages).toMatchObject([{ open: true, start_ns: 0 }]);
    expect(measure('..x')).toMatchObject({ outages: [], lost: 1 });
  });

  it('refuses records out of order, and options that are not positive numbers', () => {
    const swapped = probe('....').toReversed();
    expect(() => requestOutages(swapped, { interval_ms: 10 })).toThrow(InputError);
    expect(() => requestOutages([], { interval_ms: 0 })).toThrow(/interval_ms/);
    expect(() => requestOutages([], { interval_ms: 10, late_ms: Number.NaN })).toThrow(/late_ms/);
  });

  it('holds the true outage within its error, whatever the jitter of the probe', () => {
    const jitters = fc.array(fc.integer({ min: 0, max: 9_999_999 }), { minLength: 200, maxLength: 200 });
    const from = fc.integer({ min: 50 * MS, max: 500 * MS });
    const length = fc.integer({ min: 30 * MS, max: 1300 * MS });
    fc.assert(
      fc.property(jitters, from, length, (jitter, from_ns, length_ns) => {
        const records = jitter.map((late_ns, seq) => {
          const sent_ns = seq * 10 * MS + late_ns;
          const out = sent_ns >= from_ns && sent_ns < from_ns + length_ns;
          return { seq, sent_ns, echoed_ns: null, received_ns: out ? null : sent_ns + 300_000 };
        });
        const result = requestOutages(records, { interval_ms: 10 });
        expect(result.outages).toHaveLength(1);
        const [outage] = result.outages;
        expect(outage!.open).toBe(false);
        expect(Math.abs(outage!.outage_ms - length_ns / MS)).toBeLessThanOrEqual(
          outage!.outage_error_ms + 1e-9,
        );
        expect(outage!.outage_error_ms).toBeLessThanOrEqual(20);
        expect(Math.abs(outage!.loss_derived_ms - length_ns / MS)).toBeLessThanOrEqual(20);
      }),
    );
  });

  it('accounts for every request, whatever the pattern', () => {
    const pattern = fc.string({ unit: fc.constantFrom('.', 'x', '2', '1'), maxLength: 60 });
    fc.assert(
      fc.property(pattern, (text) => {
        const result = measure(text);
        expect(result.received + result.lost).toBe(result.sent);
        expect(result.late).toBeLessThanOrEqual(result.lost);
        expect(result.outages.reduce((sum, one) => sum + one.lost, 0)).toBeLessThanOrEqual(result.lost);
        for (const [i, one] of result.outages.entries()) {
          expect(one.end_ns).toBeGreaterThanOrEqual(one.start_ns);
          // Both moments are estimates: where answers take long, they may overlap by as much as they can be off.
          const before = result.outages[i - 1];
          const off_ns = before ? (before.outage_error_ms + one.outage_error_ms) * MS : 0;
          expect(one.start_ns).toBeGreaterThanOrEqual((before?.end_ns ?? 0) - off_ns);
        }
      }),
    );
  });
});

describe('primaryOutage', () => {
  const twice = measure(`....${'x'.repeat(5)}....${'x'.repeat(9)}......`);

  it('takes the longest in the window', () => {
    expect(primaryOutage(twice, 0, 280 * MS)).toMatchObject({ outage_ms: 90, lost: 9, open: false });
    expect(primaryOutage(twice, 0, 100 * MS)).toMatchObject({ outage_ms: 50, lost: 5 });
    expect(outagesWithin(twice.outages, 0, 280 * MS)).toHaveLength(2);
  });

  it('takes what overlaps the window, but not what only touches it', () => {
    const { start_ns, end_ns } = twice.outages[0]!;
    expect(outagesWithin(twice.outages, end_ns, end_ns + 1)).toEqual([]);
    expect(outagesWithin(twice.outages, 0, start_ns)).toEqual([]);
    expect(outagesWithin(twice.outages, end_ns - 1, end_ns)).toHaveLength(1);
  });

  it('says that an outage in the window is open, even when another is longer', () => {
    const result = measure(`..${'x'.repeat(9)}....xx`);
    expect(primaryOutage(result, 0, 170 * MS)).toMatchObject({ outage_ms: 90, open: true });
  });

  it('gives zero with what could have hidden', () => {
    const none = { outage_ms: 0, lost: 0, open: false, outage: undefined };
    expect(primaryOutage(measure('......'), 0, 55 * MS)).toMatchObject({ ...none, outage_error_ms: 10 });
    expect(primaryOutage(measure('..x...'), 0, 55 * MS)).toMatchObject({ ...none, outage_error_ms: 20 });
    // The probe ended before the window did.
    expect(primaryOutage(measure('......'), 0, 850 * MS)).toMatchObject({ ...none, outage_error_ms: 800 });
    expect(primaryOutage(measure('......'), 0, Infinity)).toMatchObject({ ...none, outage_error_ms: 10 });
    const held_up = probe('......').map((one) => (one.seq < 3 ? one : { ...one, ...later(one, 400 * MS) }));
    expect(primaryOutage(requestOutages(held_up, { interval_ms: 10 }), 0, 455 * MS).outage_error_ms).toBe(
      410,
    );
  });

  it('does not take silence for service', () => {
    expect(() => primaryOutage(measure('......'), 60 * MS, 90 * MS)).toThrow(UnknownError);
    expect(() => primaryOutage(measure(''), 0, 90 * MS)).toThrow(UnknownError);
    // A window that is shorter than the interval has no room for a request: the time since the last one counts.
    const short = primaryOutage(measure('......'), 52 * MS, 58 * MS);
    expect(short).toMatchObject({ outage_ms: 0, outage_error_ms: INTERVAL_MS });
    expect(primaryOutage(measure('......'), 95 * MS, 99 * MS)).toMatchObject({ outage_error_ms: 49 });
  });
});

function later(record: RequestRecord, by_ns: number): Partial<RequestRecord> {
  return { sent_ns: record.sent_ns + by_ns, received_ns: record.received_ns! + by_ns };
}
