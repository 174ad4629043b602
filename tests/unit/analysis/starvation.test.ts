import { expect, test } from 'vitest';
import { starvation } from '../../../harness/drill/starvation.ts';

function pressure(ticks: Record<string, number>) {
  return { at_ns: 0, ticks, ticks_per_s: 100, load: [0, 0, 0] };
}

const idle = [pressure({ user: 0, idle: 0, steal: 0 }), pressure({ user: 10, idle: 90, steal: 0 })] as const;

test('a machine that let everything run starves nobody', () => {
  expect(starvation([{ starved_ms: 50 }, {}], ...idle)).toEqual({ steal_ratio: 0, reason: undefined });
});

test('a probe kept from its schedule is a reason, with the figure and the limit', () => {
  expect(starvation([{ starved_ms: 51.2 }], ...idle).reason).toBe(
    'starved: the machine kept a probe from its schedule for 51 ms (limit 50 ms)',
  );
});

test('so is a hypervisor that takes the processors', () => {
  const found = starvation(
    [],
    pressure({ user: 0, idle: 0, steal: 0 }),
    pressure({ user: 30, idle: 30, steal: 40 }),
  );
  expect(found.steal_ratio).toBeCloseTo(0.4);
  expect(found.reason).toContain('the hypervisor took 40 % of the processors (limit 30 %)');
});
