import { describe, expect, test } from 'vitest';
import type { ProbeResult } from '../../../harness/analysis/probe-results.ts';
import { hearWitness } from '../../../harness/analysis/witness.ts';
import type { ProbeRequests } from '../../../harness/observe/probe-requests.ts';
import type { Outage } from '../../../harness/outage/outage.ts';
import { udp } from '../../../harness/probes/udp/udp.ts';
import { FAULT_NS, MS, WINDOWS, wireOf } from './takeovers.ts';

const OPTIONS = udp.options.parse({
  kind: 'udp',
  from: 'a',
  to: 'b',
  address: '203.0.113.1',
  interval: '5ms',
});

/** A request every 5 ms, the first 500 ms before the fault; those of the outage were not answered. */
function requests(count: number, ...outages: [from_ms: number, to_ms: number][]): ProbeRequests {
  const seq = Float64Array.from({ length: count }, (_, at) => at);
  const at_ns = seq.map((at) => FAULT_NS + (-500 + 5 * at) * MS);
  const answered_ns = at_ns.map((one) => {
    const ms = (one - FAULT_NS) / MS;
    return outages.some(([from, to]) => ms >= from && ms < to) ? Number.NaN : one + MS;
  });
  return { seq, at_ns, answered_ns };
}

const outage = (outage_ms: number, change: Partial<Outage> = {}): Outage => ({
  start_ns: FAULT_NS,
  end_ns: FAULT_NS + outage_ms * MS,
  outage_ms,
  outage_error_ms: 5,
  loss_derived_ms: outage_ms,
  lost: outage_ms / 5,
  open: false,
  ...change,
});

function hear(seen: ProbeRequests, felt: Outage[], sent = seen.seq.length) {
  const findings = { metrics: { sent }, outages: felt, open: [], doubts: [] };
  const result: ProbeResult = { probe: { name: 'udp', kind: 'udp', options: OPTIONS }, kind: udp, findings };
  const wire = { ...wireOf([]), requests: (port: number) => (port === OPTIONS.port ? seen : requests(0)) };
  return hearWitness([result], wire, WINDOWS);
}

describe('hearWitness', () => {
  test('what client and wire agree on', () => {
    expect(hear(requests(600, [0, 340]), [outage(345)])).toEqual({
      metrics: { 'udp.wire_outage_ms': 340, 'udp.wire_outage_error_ms': 5 },
      doubts: [],
    });
  });

  test.each([
    [350, []],
    [330, []],
    [351, [11]],
    [329, [11]],
  ])('%d ms by the client against 340 ms on the wire, each ± 5 ms', (felt_ms, apart) => {
    expect(hear(requests(600, [0, 340]), [outage(felt_ms)]).doubts).toEqual(
      apart.map(
        (ms) =>
          `udp: the outage is ${felt_ms}.0 ms by the client and 340.0 ms on the wire: ` +
          `${ms}.0 ms apart, at most 10.0 ms can be error`,
      ),
    );
  });

  test('an outage that only one of both saw', () => {
    expect(hear(requests(600), [outage(340)]).doubts[0]).toMatch(
      /340\.0 ms by the client and 0\.0 ms on the wire/,
    );
    expect(hear(requests(600, [0, 340]), []).doubts[0]).toMatch(
      /0\.0 ms by the client and 340\.0 ms on the wire/,
    );
    expect(hear(requests(600), [])).toEqual({ metrics: { 'udp.wire_outage_ms': 0 }, doubts: [] });
  });

  test('the longest before the healing is compared', () => {
    expect(hear(requests(600, [0, 100], [400, 740]), [outage(100), outage(340)]).doubts).toEqual([]);
  });

  test('an open outage has no length', () => {
    expect(hear(requests(600, [0, 9000]), [outage(340)]).doubts).toEqual([]);
    expect(hear(requests(600, [0, 100]), [outage(340, { open: true })]).doubts).toEqual([]);
  });

  test('a wire that did not see every request says nothing', () => {
    expect(hear(requests(600, [0, 340]), [], 601)).toEqual({ metrics: {}, doubts: [] });
    expect(hear(requests(0), [outage(340)], 600)).toEqual({ metrics: {}, doubts: [] });
  });
});
