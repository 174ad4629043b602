import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lowestRate, meanRate } from '../../../../harness/probes/dhcp/records/dhcp-rates.ts';

const S = 1e9;

describe('meanRate', () => {
  it('is of the stretch of time alone: its start is in it, its end is not', () => {
    expect(meanRate([0, 1 * S, 2 * S, 3 * S], 1 * S, 3 * S)).toBe(1);
    expect(meanRate([], 0, S)).toBe(0);
    expect(meanRate([1], S, S)).toBeUndefined();
  });
});

describe('lowestRate', () => {
  const every = (ms: number, from_s: number, to_s: number) =>
    Array.from({ length: ((to_s - from_s) * 1000) / ms }, (_, i) => from_s * S + i * ms * 1e6);

  it('is 0 with a second of silence, anywhere', () => {
    expect(lowestRate([...every(10, 0, 3.2), ...every(10, 4.3, 8)], 0, 8 * S)).toBe(0);
  });

  it('is the steady rate where nothing happened', () => {
    expect(lowestRate(every(10, 0, 8), S, 7 * S)).toBe(100);
  });

  it('is undefined without a whole second', () => {
    expect(lowestRate(every(10, 0, 8), S, 1.9 * S)).toBeUndefined();
  });

  it('is what counting at every moment gives', () => {
    const moments = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        moments,
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 10, max: 40 }),
        (tenths, from, length) => {
          const at = tenths.map((tenth) => tenth * S * 0.1);
          const [from_ns, to_ns] = [from * S * 0.1, (from + length) * S * 0.1];
          // Seconds that begin at each twentieth of one, so between any two moments.
          let lowest = Infinity;
          for (let start = from * 2; start + 20 <= (from + length) * 2; start += 1) {
            const [begin, end] = [start * S * 0.05, (start + 20) * S * 0.05];
            const inside = at.filter((moment) => moment > begin + 1 && moment <= end + 1 && moment > from_ns);
            lowest = Math.min(lowest, inside.length);
          }
          expect(lowestRate(at, from_ns, to_ns)).toBe(lowest);
        },
      ),
    );
  });
});
