import { expect, test } from 'vitest';
import { NS_PER_MS } from '../../../../harness/ground/time.ts';
import { udp } from '../../../../harness/probes/udp/udp.ts';

const WINDOWS = {
  ...{ fault_ns: 50 * NS_PER_MS, heal_ns: 450 * NS_PER_MS },
  ...{ healed_ns: 475 * NS_PER_MS, end_ns: 500 * NS_PER_MS },
};
const OPTIONS = udp.options.parse({
  ...{ kind: 'udp', from: 'vm1', to: 'server', address: '203.0.113.1', interval: '5ms' },
});

/** A request every 5 ms, answered after 1 ms, but none from 100 ms on until 250 ms. */
const SENT = Array.from({ length: 100 }, (_, seq) => ({
  seq,
  at_ns: seq * 5 * NS_PER_MS,
  answered_ns: seq >= 20 && seq < 50 ? Number.NaN : (seq * 5 + 1) * NS_PER_MS,
}));

function witness(requests: typeof SENT) {
  const column = (name: 'seq' | 'at_ns' | 'answered_ns') =>
    Float64Array.from(requests.map((one) => one[name]));
  const columns = { seq: column('seq'), at_ns: column('at_ns'), answered_ns: column('answered_ns') };
  return udp.witness!(OPTIONS, columns, WINDOWS);
}

test('requests that overtook others on the wire are no reason to give up', () => {
  expect(witness(SENT)).toEqual([expect.objectContaining({ outage_ms: expect.closeTo(150, 0) })]);
  // Numbers 50 and 51 waited for an address in the client's kernel: 52, at 260 ms, is the first that comes by.
  const held = (seq: number) => ({ seq, at_ns: 260.5 * NS_PER_MS + seq, answered_ns: 261.5 * NS_PER_MS });
  const overtaken = [...SENT.slice(0, 50), SENT[52]!, held(50), held(51), ...SENT.slice(53)];
  const [outage, ...more] = witness(overtaken);
  expect(more).toEqual([]);
  expect(outage!.outage_ms).toBeGreaterThan(150);
  expect(outage!.outage_ms).toBeLessThan(160);
});
