import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reschedulingBound } from '../../../../harness/systems/neutron-scheduling/rescheduling-bound.ts';

test('Neutron’s own times: 120 to 187 s', () => {
  expect(reschedulingBound({ agent_down_ms: 75_000, report_interval_ms: 30_000 })).toEqual({
    low: 120_000,
    high: 187_000,
    from: 'Neutron: 2 x 75 s - 30 s to 2 x 75 s + 37 s',
  });
});

test('scaled down', () => {
  expect(reschedulingBound({ agent_down_ms: 6000, report_interval_ms: 2000 })).toEqual({
    low: 10_000,
    high: 15_000,
    from: 'Neutron: 2 x 6 s - 2 s to 2 x 6 s + 3 s',
  });
  const often = reschedulingBound({ agent_down_ms: 1000, report_interval_ms: 500 });
  expect(often, 'the server looks once a second at most').toMatchObject({ low: 1500, high: 3000 });
});

test.each([
  [6000, 6000],
  [6000, 0],
  [Number.NaN, 1],
  [6000, -1],
])('agent_down_time %d ms, report_interval %d ms are refused', (agent_down_ms, report_interval_ms) => {
  expect(() => reschedulingBound({ agent_down_ms, report_interval_ms })).toThrow();
});

/** What the bound is about, played through: reports and looks at steady intervals, the fault at any moment. */
test('no phase of reports and looks leads out of the bound, and some come near its ends', () => {
  const times = { agent_down_ms: 6000, report_interval_ms: 2000 };
  const { low, high } = reschedulingBound(times);
  const phase = (most: number) => fc.integer({ min: 0, max: most });
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  fc.assert(
    fc.property(phase(2000), phase(3000), (since_report, until_look) => {
      const dead_at = 2 * 6000 - since_report;
      let look = until_look;
      while (look < dead_at) look += 3000;
      expect(look).toBeGreaterThanOrEqual(low);
      expect(look).toBeLessThanOrEqual(high);
      [least, most] = [Math.min(least, look), Math.max(most, look)];
    }),
    { numRuns: 2000 },
  );
  expect(least).toBeLessThan(low + 300);
  expect(most).toBeGreaterThan(high - 300);
});
