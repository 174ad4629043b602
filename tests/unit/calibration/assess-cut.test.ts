import { expect, test } from 'vitest';
import { assessCut, type BatchRecords, type MadeCut } from '../../../harness/calibration/assess-cut.ts';
import type { RequestRecord } from '../../../harness/outage/request-table.ts';
import { BOTH, ns, wireWithCut } from './instrument-data.ts';

const CUT = { from_ms: 500.2, to_ms: 600.9 };
const TOTAL_MS = 1200;
const made: MadeCut = {
  plan: { sort: { kind: 'frames', direction: 'both' }, asked_ms: 100, phase_ms: 0.2 },
  cut: { before_ns: ns(500.19), after_ns: ns(500.21) },
  healed: { before_ns: ns(600.89), after_ns: ns(600.91) },
};

/** What a probe and a capture would have recorded, had the wire been cut at `cut`. */
function recorded(cut = CUT): BatchRecords & { probe_records: RequestRecord[] } {
  const flow = { interval_ms: 1, phase_ms: 0.35, turn_around_ms: 0.1 };
  const requests = wireWithCut({ flow: 'probe', ...flow }, cut, TOTAL_MS, BOTH);
  const witness = { flow: 'witness', interval_ms: 0.5, phase_ms: 0.1, turn_around_ms: 0.1 };
  const probe_records = requests.map(({ at_ns, answered_ns }, seq) => ({
    seq,
    sent_ns: at_ns,
    echoed_ns: answered_ns,
    received_ns: answered_ns,
  }));
  return {
    probe_records,
    files: { 'udp.csv': csv(probe_records) },
    requests: [...requests, ...wireWithCut(witness, cut, TOTAL_MS, BOTH)],
    pressure: [],
    incomplete: undefined,
  };
}

function csv(records: readonly RequestRecord[]): Uint8Array {
  const rows = records.map(
    ({ seq, sent_ns, echoed_ns, received_ns }) => `${seq},${sent_ns},${echoed_ns ?? ''},${received_ns ?? ''}`,
  );
  return new TextEncoder().encode(`${['seq,sent_ns,echoed_ns,received_ns', ...rows].join('\n')}\n`);
}

test('a right instrument: small errors, within what it says of itself', () => {
  const result = assessCut(3, made, recorded());
  expect(result).toMatchObject({
    index: 3,
    kind: 'frames',
    direction: 'both',
    asked_ms: 100,
    accepted: true,
  });
  expect(result.true_ms).toBeCloseTo(100.7, 9);
  expect(result.true_error_ms).toBeCloseTo(0.02, 9);
  for (const reading of [result.probe, result.observer]) {
    expect(Math.abs(reading.error_ms)).toBeLessThanOrEqual(reading.outage_error_ms);
    expect(reading.outage_error_ms).toBeLessThanOrEqual(1);
    expect(reading.error_ms).toBeCloseTo(reading.outage_ms - result.true_ms, 9);
  }
  expect(result.probe.loss_derived_ms).toBeCloseTo(101, -1);
});

test.each([-7, 7])('an instrument that is %d ms off is caught, and not excused', (off_ms) => {
  const result = assessCut(1, made, recorded({ from_ms: CUT.from_ms, to_ms: CUT.to_ms + off_ms }));
  expect(result.accepted).toBe(true);
  expect(result.probe.error_ms).toBeGreaterThan(off_ms - 1.1);
  expect(result.probe.error_ms).toBeLessThan(off_ms + 1.1);
  expect(result.observer.error_ms).toBeGreaterThan(off_ms - 0.7);
  expect(result.observer.error_ms).toBeLessThan(off_ms + 0.7);
});

test('a blind instrument: the error is all of the cut', () => {
  const result = assessCut(1, made, recorded({ from_ms: 0, to_ms: 0 }));
  expect(result.accepted).toBe(true);
  expect(result.probe).toMatchObject({ outage_ms: 0, error_ms: -result.true_ms });
  expect(result.observer).toMatchObject({ outage_ms: 0, error_ms: -result.true_ms });
});

test('a probe that was not run at an end, a slow call, an incomplete capture: not accepted', () => {
  const gappy = recorded();
  gappy.probe_records = gappy.probe_records.filter(({ sent_ns }) => sent_ns < ns(497) || sent_ns > ns(503));
  expect(assessCut(1, made, gappy)).toMatchObject({
    accepted: false,
    reason: expect.stringMatching(/^starved: .*schedule/),
  });
  const slow = { ...made, cut: { before_ns: ns(500.2), after_ns: ns(501.2) } };
  expect(assessCut(1, slow, recorded()).reason).toMatch(/known only to 0\.51 ms/);
  const lossy = { ...recorded(), incomplete: 'starved: the capture lacks 3 packets' };
  expect(assessCut(1, made, lossy)).toMatchObject({ accepted: false, reason: lossy.incomplete });
});

test('what the machine did far from both ends is no reason', () => {
  const records = recorded();
  records.probe_records = records.probe_records.filter(
    ({ sent_ns }) => sent_ns < ns(540) || sent_ns > ns(560),
  );
  expect(assessCut(1, made, records).accepted).toBe(true);
});
