import { describe, expect, test } from 'vitest';
import { hostLoad, ofTheMachine, starvation } from '../../../harness/analysis/starvation.ts';
import type { PressureSample } from '../../../harness/journal/trial-facts.ts';

const FROM_NS = 9.5e9;
const TO_NS = 12e9;

/** A sample every 250 ms; counters grow by these shares of the time, on one processor. */
function samples(shares: {
  steal?: number;
  waiting?: number | null;
  overslept_ns?: number;
  running?: number;
}) {
  const { steal = 0, waiting = 0, overslept_ns = 0, running = 1 } = shares;
  return Array.from({ length: 60 }, (_, i): PressureSample => {
    const at_ns = i * 250e6;
    return {
      at_ns,
      overslept_ns,
      ticks: { user: 0, idle: (1 - steal) * i * 25, steal: steal * i * 25 },
      waiting_us: waiting === null ? null : (waiting * at_ns) / 1000,
      running,
    };
  });
}

const load = (shares: Parameters<typeof samples>[0]) => hostLoad(samples(shares), FROM_NS, TO_NS, 2);

describe('hostLoad', () => {
  test('is that of the time around the fault', () => {
    const found = load({ steal: 0.1, waiting: 0.25, overslept_ns: 3e6, running: 3 });
    expect(found.steal_ratio).toBeCloseTo(0.1);
    expect(found.waiting_ratio).toBeCloseTo(0.25);
    expect(found).toMatchObject({ overslept_ms: 3, run_queue: 1.5 });
  });

  test('counts neighbours that were refused, as far as the kernel counts them', () => {
    const counted = samples({}).map((one, at) => ({ ...one, neighbours_refused: 100 + at }));
    expect(hostLoad(counted, FROM_NS, TO_NS, 2).neighbours_refused).toBeGreaterThan(0);
    const uncounted = samples({}).map((one) => ({ ...one, neighbours_refused: null }));
    expect(hostLoad(uncounted, FROM_NS, TO_NS, 2).neighbours_refused).toBe(0);
  });

  test('leaves out what was long before and after', () => {
    const quiet = samples({});
    const oversleeps = (at_ns: number) =>
      hostLoad(
        quiet.map((one) => (one.at_ns === at_ns ? { ...one, overslept_ns: 80e6 } : one)),
        FROM_NS,
        TO_NS,
        2,
      ).overslept_ms;
    expect(oversleeps(9e9)).toBe(0);
    expect(oversleeps(9.75e9)).toBe(80);
    expect(oversleeps(12e9)).toBe(80);
    expect(oversleeps(12.25e9)).toBe(0);
  });

  test('does not claim what the kernel does not count', () => {
    expect(load({ waiting: null }).waiting_ratio).toBeUndefined();
    expect(hostLoad([], FROM_NS, TO_NS, 2)).toEqual({
      steal_ratio: undefined,
      waiting_ratio: undefined,
      overslept_ms: 0,
      run_queue: 0,
      neighbours_refused: 0,
    });
  });
});

describe('starvation', () => {
  const free = load({});
  const probe = (late_ms: number, most_late_ms = 50) => ({ late_ms, most_late_ms });
  const at_rest = { takeover: free, rejoin: free, probes: [probe(0)], most_overslept_ms: 1000 };

  test('a machine that let everything run starves nobody', () => {
    const takeover = load({ steal: 0.3, waiting: 0.8, overslept_ns: 50e6 });
    expect(
      starvation({ ...at_rest, takeover, rejoin: takeover, probes: [probe(50), probe(0)] }),
    ).toBeUndefined();
  });

  test.each([
    [
      { probes: [probe(51.2), probe(60, 250)] },
      'the machine kept a probe from its schedule for 51 ms (limit 50 ms)',
    ],
    [{ takeover: load({ overslept_ns: 60e6 }) }, 'it woke the fabric 60 ms late (limit 50 ms)'],
    [
      { rejoin: load({ overslept_ns: 60e6 }) },
      'it woke the fabric 60 ms late after healing began (limit 50 ms)',
    ],
    [{ takeover: load({ steal: 0.4 }) }, 'the hypervisor took 40 % of the processors (limit 30 %)'],
    [{ takeover: load({ waiting: 0.95 }) }, 'processes waited for a processor 95 % of the time (limit 80 %)'],
  ])('%# is a reason, with the figure and the limit', (change, reason) => {
    expect(starvation({ ...at_rest, ...change })?.reason).toBe(`starved: ${reason}`);
  });

  test('where only coarse things are measured, more is borne', () => {
    const takeover = load({ overslept_ns: 200e6 });
    const coarse = { ...at_rest, takeover, rejoin: takeover, probes: [probe(200, 250), probe(0, 500)] };
    expect(starvation(coarse)).toBeUndefined();
    expect(starvation({ ...coarse, probes: [probe(0, 250), probe(0, 50)] })?.reason).toMatch(
      /200 ms late \(limit 50 ms\)/,
    );
  });

  test('a kernel that had no room for a neighbour did not send what it should, at any time from the fault on', () => {
    const refused = { ...free, neighbours_refused: 3 };
    for (const when of ['takeover', 'rejoin'])
      expect(starvation({ ...at_rest, [when]: refused })?.reason).toMatch(
        /another neighbour 3 times .*gc_thresh3/,
      );
  });

  test('fast adverts bear no more than one interval', () => {
    const takeover = load({ overslept_ns: 12e6 });
    expect(starvation({ ...at_rest, takeover, most_overslept_ms: 10 })?.reason).toBe(
      'starved: it woke the fabric 12 ms late (limit 10 ms)',
    );
    expect(starvation({ ...at_rest, takeover, most_overslept_ms: Infinity })).toBeUndefined();
  });

  test.each([
    ['the fabric', { rejoin: load({ overslept_ns: 60e6 }) }],
    ['a probe', { probes: [{ ...probe(60), late_until_healing_ms: 50 }] }],
    ['the neighbour table', { rejoin: { ...free, neighbours_refused: 1 } }],
  ])('%s that was late only after healing began leaves what was known by then', (_, change) => {
    expect(starvation({ ...at_rest, ...change })).toMatchObject({ after_healing: true });
  });

  test.each([
    ['the fabric', { takeover: load({ overslept_ns: 60e6 }) }],
    ['a probe', { probes: [{ ...probe(60), late_until_healing_ms: 51 }] }],
    ['a probe of which it is not known when', { probes: [probe(60)] }],
    ['the neighbour table', { takeover: { ...free, neighbours_refused: 1 } }],
  ])('%s that was late before leaves nothing', (_, change) => {
    const rejoin = load({ overslept_ns: 60e6 });
    expect(starvation({ ...at_rest, rejoin, ...change })).toMatchObject({ after_healing: false });
  });
});

describe('ofTheMachine', () => {
  const busy = load({ waiting: 0.95, steal: 0.5 });
  const fault = { label: 'a fault', before_ns: 0, after_ns: 0, stops_forwarding: false };

  test('leaves out that processes waited where a fault holds them back, and nothing else', () => {
    const found = ofTheMachine(busy, { fault: { ...fault, holds_back: true } });
    expect(found).toEqual({ ...busy, waiting_ratio: undefined });
    expect(ofTheMachine(busy, { fault, later_faults: [{ ...fault, holds_back: true }] })).toEqual(found);
  });

  test('keeps it where none does', () => {
    expect(ofTheMachine(busy, { fault })).toEqual(busy);
    expect(ofTheMachine(busy, {})).toEqual(busy);
  });
});
