import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../harness/ground/random.ts';
import { chanceAtEdges, chanceLoss, lostRuns } from '../../../harness/outage/chance-loss.ts';
import { type RequestLosses, requestLosses } from '../../../harness/outage/request-losses.ts';
import { type RequestRecord, requestOutages } from '../../../harness/outage/request-outages.ts';
import { methodsDisagree } from '../../../harness/outage/two-methods.ts';

const MS = 1_000_000;
const INTERVAL_MS = 5;
/** Sent are 3000 requests in 15 s; the fault is at 3 s. */
const REQUESTS = 3000;
const FAULT_MS = 3000;
const SEEDS = Array.from({ length: 80 }, (_, seed) => seed + 1);

/** What is lost from one moment to another: the share of the requests, on the way there or back. */
interface Loss {
  from_ms: number;
  to_ms: number;
  ratio: number;
  arrives?: boolean;
}

function records(losses: readonly Loss[], seed: number): RequestRecord[] {
  const random = seededRandom(seed);
  return Array.from({ length: REQUESTS }, (_, seq) => {
    const sent_ms = seq * INTERVAL_MS + 1;
    const loss = losses.find(
      ({ from_ms, to_ms, ratio }) => sent_ms >= from_ms && sent_ms < to_ms && random.unit() < ratio,
    );
    const at_ns = sent_ms * MS;
    return {
      seq,
      sent_ns: at_ns,
      echoed_ns: loss && !loss.arrives ? null : at_ns + MS / 10,
      received_ns: loss ? null : at_ns + MS / 5,
    };
  });
}

function measure(losses: readonly Loss[], seed = 1, arrivals_known = true): RequestLosses {
  const options = { interval_ms: INTERVAL_MS, late_ms: 100, fault_ns: FAULT_MS * MS, arrivals_known };
  return requestLosses(records(losses, seed), options);
}

const always = (ratio: number): Loss => ({ from_ms: 0, to_ms: 15_000, ratio });
const cut = (from_ms: number, length_ms: number, arrives = false): Loss => ({
  from_ms,
  to_ms: from_ms + length_ms,
  ratio: 1,
  arrives,
});

describe('random loss', () => {
  test.each([0.001, 0.01, 0.05, 0.1, 0.3])('of %f all the time is loss, and no outage', (ratio) => {
    for (const seed of SEEDS) {
      const found = measure([always(ratio)], seed);
      // Two of three thousand may follow one another by chance before there are signs of chance.
      const signs = found.lost >= 15;
      if (signs) expect(found.outages, `seed ${seed}`).toEqual([]);
      expect(found.partial, `seed ${seed}`).toEqual([]);
      if (signs) expect(Math.abs(found.loss_ratio - found.lost / REQUESTS)).toBeLessThan(1e-9);
    }
  });

  test('hides no outage, and is not part of it', () => {
    const off = SEEDS.map((seed) => {
      const { outages, loss_ratio } = measure([cut(4000, 237), always(0.1)], seed);
      expect(outages, `seed ${seed}`).toHaveLength(1);
      expect(Math.abs(loss_ratio - 0.1)).toBeLessThan(0.025);
      const { outage_ms, outage_error_ms } = outages[0]!;
      expect(outage_error_ms).toBeLessThan(30);
      return Math.abs(outage_ms - 237) / outage_error_ms;
    });
    expect(off.filter((share) => share > 1)).toEqual([]);
  });

  test('the least outage follows from the ratio', () => {
    const good = records([always(0.1)], 3).map(({ received_ns }) => received_ns !== null);
    const { ratio, least_outage } = chanceLoss(lostRuns(good), REQUESTS, REQUESTS);
    expect(ratio).toBeCloseTo(0.1, 1);
    expect(REQUESTS * ratio ** least_outage).toBeLessThan(1e-6);
    expect(REQUESTS * ratio ** (least_outage - 1)).toBeGreaterThan(1e-6);
    expect(chanceLoss([{ first: 4, length: 600 }], REQUESTS, REQUESTS)).toEqual({
      ratio: 0,
      least_outage: 2,
    });
    expect([0, 0.001, 0.1, 0.5].map(chanceAtEdges)).toEqual([0, 1, 3, 12]);
  });
});

describe('partial loss', () => {
  test.each([
    { ratio: 0.5, length_ms: 3000, background: 0 },
    { ratio: 0.5, length_ms: 3000, background: 0.02 },
    { ratio: 0.7, length_ms: 3000, background: 0 },
    { ratio: 0.1, length_ms: 3000, background: 0 },
    { ratio: 0.3, length_ms: 1000, background: 0 },
    { ratio: 0.5, length_ms: 1000, background: 0 },
  ])(
    'of $ratio for $length_ms ms beside $background is told with its length',
    ({ ratio, length_ms, background }) => {
      let missed = 0;
      for (const seed of SEEDS) {
        const loss = { from_ms: FAULT_MS, to_ms: FAULT_MS + length_ms, ratio };
        const { partial, outages } = measure([loss, always(background)], seed);
        expect(outages, `seed ${seed}`).toEqual([]);
        expect(partial, `seed ${seed}`).toHaveLength(1);
        const [one] = partial;
        expect(one!.open).toBe(false);
        expect(Math.abs(one!.loss_ratio - ratio)).toBeLessThan(0.15);
        if (Math.abs(one!.degraded_ms - length_ms) > one!.degraded_error_ms) missed += 1;
      }
      expect(missed).toBeLessThanOrEqual(1);
    },
  );

  test.each([0.1, 0.3, 0.5])('the interval of a share of %d holds it nineteen times in twenty', (ratio) => {
    let missed = 0;
    for (const seed of SEEDS) {
      const [one] = measure([{ from_ms: FAULT_MS, to_ms: FAULT_MS + 4000, ratio }], seed).partial;
      expect(one!.ratio_low).toBeLessThan(one!.loss_ratio);
      expect(one!.ratio_high).toBeGreaterThan(one!.loss_ratio);
      if (ratio < one!.ratio_low || ratio > one!.ratio_high) missed += 1;
    }
    // More than ten of eighty: less than once in 300 times.
    expect(missed).toBeLessThanOrEqual(10);
  });

  test('the longest run of losses is that of the records', () => {
    const lost = [3, 5, 6, 9, 12, 13, 14, 17, 19, 22, 24, 25, 28].map((at) => 700 + at);
    const found = requestLosses(
      records([], 1).map((one) => (lost.includes(one.seq) ? { ...one, received_ns: null } : one)),
      { interval_ms: 5, late_ms: 100, fault_ns: 3000 * MS, arrivals_known: true },
    );
    expect(found.partial).toMatchObject([{ lost: 13, longest_run: 3 }]);
    expect(found.outages).toEqual([]);
  });

  test('every other request lost, as behind a balancer that has lost one of two', () => {
    const found = requestLosses(
      records([], 1).map((one) => {
        const isLost = one.sent_ns >= 3000 * MS && one.sent_ns < 6000 * MS && one.seq % 2 === 0;
        return isLost ? { ...one, received_ns: null } : one;
      }),
      { interval_ms: 5, late_ms: 100, fault_ns: 3000 * MS, arrivals_known: true },
    );
    expect(found.outages).toEqual([]);
    expect(found.partial).toMatchObject([{ lost: 300, direction: 'to-client' }]);
    expect(found.partial[0]!.loss_ratio).toBeCloseTo(0.5, 1);
    expect(Math.abs(found.partial[0]!.degraded_ms - 3000)).toBeLessThan(20);
  });

  test('that lasts to the end is open', () => {
    expect(measure([{ from_ms: FAULT_MS, to_ms: 15_000, ratio: 0.4 }])).toMatchObject({
      outages: [],
      partial: [{ open: true }],
    });
  });

  test('an outage within it, or before it, stays an outage', () => {
    for (const seed of SEEDS.slice(0, 50)) {
      const loss = { from_ms: FAULT_MS, to_ms: 7000, ratio: 0.5 };
      for (const from_ms of [FAULT_MS, 4500]) {
        const { outages, partial } = measure([cut(from_ms, 1000), loss], seed);
        expect(partial, `seed ${seed}`).toHaveLength(1);
        expect(outages, `seed ${seed}`).toHaveLength(1);
        expect(Math.abs(outages[0]!.outage_ms - 1000)).toBeLessThanOrEqual(outages[0]!.outage_error_ms);
      }
    }
  });
});

describe('heavy loss', () => {
  test.each([0.6, 0.7, 0.8, 0.9, 0.95, 0.98])(
    'of %d: both lengths of each outage agree, or answers are the difference',
    (ratio) => {
      for (const seed of SEEDS) {
        const { outages, partial } = measure([{ from_ms: FAULT_MS, to_ms: FAULT_MS + 6000, ratio }], seed);
        expect(outages.length + partial.length, `seed ${seed}`).toBeGreaterThan(0);
        // All of it is told: by partial loss, or by outages.
        const told = [
          ...partial.map(({ degraded_ms }) => degraded_ms),
          ...outages.map(({ outage_ms }) => outage_ms),
        ];
        expect(
          told.reduce((sum, ms) => sum + ms, 0),
          `seed ${seed}`,
        ).toBeGreaterThan(5300);
        for (const outage of outages)
          expect(methodsDisagree(outage, INTERVAL_MS), `seed ${seed}`).toBeUndefined();
      }
    },
  );
});

describe('outages', () => {
  test.each([
    ['one', [cut(3000, 237)]],
    ['one with a stray loss', [cut(3000, 1000), cut(9000, 5)]],
    ['three of 50 ms', [cut(3000, 50), cut(3500, 50), cut(4000, 50)]],
    ['two long ones', [cut(3000, 2000), cut(6000, 2000)]],
    ['one to the end', [cut(3000, 12_000)]],
    ['a flapping one', [cut(3000, 500), cut(3505, 10), cut(3525, 300)]],
  ])('%s without random loss are those of requestOutages to the last digit', (_, losses) => {
    const found = measure(losses, 1, false);
    const plain = requestOutages(records(losses, 1), { interval_ms: INTERVAL_MS });
    expect(found.outages).toEqual(plain.outages);
    expect(found.blind_spots).toEqual(plain.blind_spots);
    expect(found.partial).toEqual([]);
  });

  test('tell which way was lost', () => {
    const ways = (losses: readonly Loss[], known?: boolean) =>
      measure(losses, 1, known).outages.map(({ direction }) => direction);
    expect(ways([cut(3000, 500)])).toEqual(['to-server']);
    expect(ways([cut(3000, 500, true)])).toEqual(['to-client']);
    expect(ways([cut(3000, 500), cut(3500, 500, true)])).toEqual(['both']);
    expect(ways([cut(3000, 500)], false)).toEqual([undefined]);
  });

  test('of no record at all', () => {
    const options = { interval_ms: 5, late_ms: 100, fault_ns: 0, arrivals_known: true };
    expect(requestLosses([], options)).toMatchObject({ outages: [], partial: [], loss_ratio: 0 });
  });
});
