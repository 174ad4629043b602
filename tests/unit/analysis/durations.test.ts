import { describe, expect, test } from 'vitest';
import { durations } from '../../../harness/analysis/durations.ts';
import type { OutageRecord } from '../../../harness/journal/journal.ts';
import type { FaultFacts } from '../../../harness/journal/trial-facts.ts';

const MS = 1e6;
const FAULT_MS = 10_000;
const hold = { steady_ms: 3000, takeover_ms: 0, recovery_ms: 0, settled_ms: 200, rejoin_ms: 100 };
/** Without what came back: the holds, and the pause. */
const FIXED_MS = 3000 + 250 + 200 + 100;
const windows = {
  fault_ns: FAULT_MS * MS,
  heal_ns: (FAULT_MS + 30_000) * MS,
  healed_ns: (FAULT_MS + 31_000) * MS,
  end_ns: (FAULT_MS + 40_000) * MS,
};

/** @param at_ms after the first fault. */
function fault(at_ms: number, healed_ms?: number): FaultFacts {
  const after_ns = (FAULT_MS + at_ms) * MS;
  const until_ns = healed_ms === undefined ? undefined : (FAULT_MS + healed_ms) * MS;
  return {
    label: 'crash',
    before_ns: after_ns,
    after_ns,
    stops_forwarding: true,
    ...(until_ns === undefined ? {} : { mended: { from_ns: until_ns - MS, until_ns } }),
  };
}

function outage(start_ms: number, outage_ms: number): OutageRecord {
  const more = { outage_error_ms: 5, loss_derived_ms: outage_ms, lost: 1, open: false };
  return { probe: 'udp', start_ms, outage_ms, ...more };
}

interface Case {
  faults?: FaultFacts[];
  outages?: OutageRecord[];
  metrics?: Record<string, number>;
  until?: string;
}

/** How much of the time needed is for what was broken and came back. */
function recovered({ faults = [fault(0)], outages = [], metrics = {}, until = 'ack' }: Case): number {
  const [first, ...later_faults] = faults;
  const facts = { wall_ms: 50_000, pause_ms: 250, fault: first!, later_faults };
  const probes = [{ name: 'client', kind: 'dhcp-client', options: { until } }];
  const found = durations({ hold, probes }, facts, windows, { metrics, outages });
  expect(found['trial.wall_ms']).toBe(50_000);
  return found['trial.needed_ms']! - FIXED_MS;
}

describe('one fault', () => {
  test('nothing was felt: the holds and the pause are all', () => {
    expect(recovered({})).toBe(0);
    // The moment after the system call is not the fault's length.
    expect(recovered({ faults: [fault(3)] })).toBe(0);
  });

  test('the longest of what was felt, but for the return of the node', () => {
    const metrics = {
      'udp.outage_ms': 2900,
      'tcp.stall_ms': 3350,
      'rejoin.outage_ms': 5000,
      'net1.wait_ms': 9000,
    };
    expect(recovered({ metrics, outages: [outage(4, 2900)] })).toBe(3350);
  });

  test('no more than there was until healing began', () => {
    expect(recovered({ metrics: { 'net1.gap_ms': 38_000 } })).toBe(30_000);
  });

  test('healed before the end: the time until then', () => {
    expect(recovered({ faults: [fault(0, 4000)], metrics: { 'udp.outage_ms': 500 } })).toBe(4000);
  });
});

describe('several faults', () => {
  test('the pauses between them count', () => {
    expect(recovered({ faults: [fault(0), fault(4000), fault(5500)] })).toBe(5500);
  });

  test('what the last one did is over that much later; what came before it is over already', () => {
    const faults = [fault(0), fault(4000)];
    const metrics = { 'udp.outage_ms': 3600 };
    expect(recovered({ faults, metrics, outages: [outage(3, 3600)] })).toBe(4000);
    expect(recovered({ faults, metrics, outages: [outage(3, 3600), outage(3998, 2900)] })).toBe(6900);
  });

  test('one outage over all of them', () => {
    const faults = [fault(0), fault(4000)];
    expect(recovered({ faults, metrics: { 'udp.outage_ms': 7500 }, outages: [outage(3, 7500)] })).toBe(7500);
  });

  test('the last of them healed before the end', () => {
    expect(recovered({ faults: [fault(0), fault(4000, 6000)] })).toBe(6000);
  });
});

describe('real clients', () => {
  test('that were waited for: until another server has answered, or the lease has ended', () => {
    expect(recovered({ metrics: { 'client.new_server_ms': 17_500 } })).toBe(17_500);
    expect(recovered({ metrics: { 'client.lost_ms': 21_000 }, until: 'expired' })).toBe(21_000);
  });

  test('that were not waited for count for nothing', () => {
    expect(recovered({ metrics: { 'client.new_server_ms': 17_500 }, until: 'none' })).toBe(0);
  });
});

test('a trial that does not say how long it took has no such numbers', () => {
  expect(durations({ hold, probes: [] }, { fault: fault(0) }, windows, { metrics: {}, outages: [] })).toEqual(
    {},
  );
});
