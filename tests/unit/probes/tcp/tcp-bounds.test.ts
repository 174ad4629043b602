import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../harness/ground/errors.ts';
import { tcpStallBound } from '../../../../harness/probes/tcp/records/tcp-bounds.ts';

/** No probe, no jitter, no lost ACK: the ladder alone. */
const BARE = { rtt_ms: 0, probe_ms: 0, ack_delay_ms: 0 };
const bare = (outage_ms: number, period_ms: number) => {
  const { low, high } = tcpStallBound({ outage_ms, period_ms, ...BARE });
  return [low, high];
};

describe('tcpStallBound', () => {
  it.each([
    // Between the rungs 1.4 and 3.0, whenever the message was sent: one period and 3 s.
    [2800, 100, 3100, 3100],
    // Sent more than 50 ms into the outage, the rung 3.0 is late enough; before that only 6.2 is.
    [3050, 100, 3100, 6300],
    // On a rung: it counts.
    [3000, 100, 3100, 3100],
    [500, 100, 700, 700],
    // With a message rarer than the outage perhaps none is lost.
    [500, 600, 600, 1200],
    [0, 100, 100, 100],
  ])('of %d ms, a message every %d ms: %d to %d ms on the bare ladder', (outage_ms, period_ms, low, high) => {
    expect(bare(outage_ms, period_ms)).toEqual([low, high]);
  });

  it('is the outage at least where fast retransmit may come first', () => {
    expect(bare(150, 50)).toEqual([150, 250]);
  });

  it('holds the stall of 3.35 s that an outage of 2.8 s showed', () => {
    for (const period_ms of [20, 50, 100, 200, 350]) {
      const { low, high, from } = tcpStallBound({ outage_ms: 2800, period_ms });
      expect(low).toBeLessThanOrEqual(3350);
      expect(high).toBeGreaterThanOrEqual(3350);
      expect(from).toContain('TCP: sent again 0.2 s x (2^k - 1)');
    }
  });

  it.each([
    { outage_ms: -1, period_ms: 100 },
    { outage_ms: 1000, period_ms: 0 },
    { outage_ms: 1000, period_ms: 100, rto_ms: 0 },
    { outage_ms: 100_001, period_ms: 100 },
    { outage_ms: Number.NaN, period_ms: 100 },
  ])('refuses %j', (options) => {
    expect(() => tcpStallBound(options)).toThrow(InputError);
  });
});

interface Play {
  outage: number;
  period: number;
  /** When the first message at or after the fault is sent, as a share of the period. */
  phase: number;
  ack: number;
  probe: number;
  rto: number;
}

/**
 * Plays an outage from 0 to `outage` through. A message arrives at once or is lost, its ACK comes `ack` later or
 * is lost; the timer starts with the first message that is not acknowledged and again with every ACK.
 */
function stallOf({ outage, period, phase, ack, probe, rto }: Play): number {
  const lost = (at: number) => at >= 0 && at < outage;
  let received = Number.NEGATIVE_INFINITY;
  let started = Number.POSITIVE_INFINITY;
  const first = phase * period;
  for (let i = -Math.ceil(ack / period + 2); first + i * period < outage + period; i += 1) {
    const at = first + i * period;
    if (!lost(at) && at < 0) received = Math.max(received, at);
    if (lost(at) || lost(at + ack))
      started = Math.min(started, Math.max(at, lastAckBefore(at, first, ack, period)));
  }
  if (started === Number.POSITIVE_INFINITY) return period;
  if (started >= outage) return period;
  const anyLost = first < outage;
  if (!anyLost) return period;
  let rung = probe > 0 ? probe : rto;
  for (let k = probe > 0 ? 1 : 2; started + rung < outage; k += 1) rung = probe + rto * (2 ** k - 1);
  return started + rung - received;
}

/** The last ACK that came before the fault, for messages before the one sent at `sent`. */
function lastAckBefore(sent: number, first: number, ack: number, period: number): number {
  let last = Number.NEGATIVE_INFINITY;
  for (let at = sent - period; at > sent - ack - 2 * period; at -= period) {
    if (at + ack < 0 && at < first) last = Math.max(last, at + ack);
  }
  return last;
}

const play = (limits: { probe: number; rtt: number; ack: number }) =>
  fc.record({
    outage: fc.double({ min: 1, max: 20_000, noNaN: true }),
    period: fc.double({ min: 5, max: 2000, noNaN: true }),
    phase: fc.double({ min: 0, max: 0.999999, noNaN: true }),
    ack: fc.double({ min: 0, max: limits.ack, noNaN: true }),
    probe: fc.double({ min: 0, max: limits.probe, noNaN: true }),
    rto: fc.double({ min: 200, max: 200 + limits.rtt, noNaN: true }),
  });

describe('against an outage played through', () => {
  it('holds every stall, with probes, delayed ACKs and any phase', () => {
    fc.assert(
      fc.property(play({ probe: 220, rtt: 10, ack: 40 }), (one) => {
        const bound = tcpStallBound({ outage_ms: one.outage, period_ms: one.period });
        const stall = stallOf(one);
        expect(stall).toBeGreaterThanOrEqual(bound.low - 1e-6);
        expect(stall).toBeLessThanOrEqual(bound.high + 1e-6);
      }),
      { numRuns: 5000, endOnFailure: true },
    );
  });

  it('holds every stall near a rung when ACKs are later than messages are apart', () => {
    const near = fc.record({
      rung: fc.constantFrom(600, 1400, 3000),
      before: fc.double({ min: 0, max: 60, noNaN: true }),
      period: fc.double({ min: 2, max: 45, noNaN: true }),
      phase: fc.double({ min: 0, max: 0.999999, noNaN: true }),
      ack: fc.double({ min: 0, max: 40, noNaN: true }),
    });
    fc.assert(
      fc.property(near, ({ rung, before, ...one }) => {
        const outage = rung - before;
        const bound = tcpStallBound({ outage_ms: outage, period_ms: one.period, ...BARE, ack_delay_ms: 40 });
        const stall = stallOf({ ...one, outage, probe: 0, rto: 200 });
        expect(stall).toBeGreaterThanOrEqual(bound.low - 1e-6);
        expect(stall).toBeLessThanOrEqual(bound.high + 1e-6);
      }),
      { numRuns: 5000, endOnFailure: true },
    );
  });

  it('holds every stall with the bare ladder, and both ends are reached', () => {
    fc.assert(
      fc.property(play({ probe: 0, rtt: 0, ack: 0 }), (one) => {
        fc.pre(one.outage > 200);
        const bound = tcpStallBound({ outage_ms: one.outage, period_ms: one.period, ...BARE });
        const stalls = [0, one.phase, 0.9999999].map((phase) => stallOf({ ...one, phase }));
        for (const stall of stalls) {
          expect(stall).toBeGreaterThanOrEqual(bound.low - 1e-6);
          expect(stall).toBeLessThanOrEqual(bound.high + 1e-6);
        }
        expect(Math.max(...stalls)).toBeCloseTo(bound.high, 3);
        // Just before the end of the period; on a rung to the microsecond either one may count.
        const onRung = [200, 600, 1400, 3000, 6200, 12_600].some(
          (rung) => Math.abs(one.outage - one.period - rung) < 0.01,
        );
        if (!onRung) expect(Math.min(...stalls)).toBeCloseTo(bound.low, 3);
      }),
      { numRuns: 2000, endOnFailure: true },
    );
  });
});
