import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { phasesOf, type TakeoverMoments } from '../../../../../harness/systems/vrrp/findings/phases.ts';

const MOMENTS: TakeoverMoments = {
  broken_ns: 100e6,
  silence_ns: 2400e6,
  first_advert_ns: 3205e6,
  address_ns: 3206e6,
  first_garp_ns: 3206.5e6,
  first_forwarded_ns: 3208e6,
  first_answer_ns: 3209e6,
};
const phases = (change: Partial<TakeoverMoments>) => phasesOf({ ...MOMENTS, ...change });
const sum = (parts: object) => Object.values(parts).reduce((total: number, part: number) => total + part, 0);

describe('phasesOf', () => {
  test('cuts where one step ended and the next began', () => {
    expect(phases({})).toEqual({
      detection_ms: 2300,
      election_ms: 805,
      address_ms: 1,
      garp_ms: 0.5,
      forwarding_ms: 1.5,
      answer_ms: 1,
    });
  });

  test.each<[keyof TakeoverMoments, Partial<ReturnType<typeof phasesOf>>]>([
    // Without the daemon's timers detection and election can't be told apart.
    ['silence_ns', { detection_ms: 3105, election_ms: 0 }],
    ['first_advert_ns', { detection_ms: 2300, election_ms: 0, address_ms: 806 }],
    ['address_ns', { address_ms: 0, garp_ms: 1.5 }],
    ['first_garp_ns', { garp_ms: 0, forwarding_ms: 2 }],
    ['first_forwarded_ns', { forwarding_ms: 0, answer_ms: 2.5 }],
  ])('the share of %s, when it was not seen, is in the phase behind it', (name, expected) => {
    expect(phases({ [name]: undefined })).toEqual({ ...phases({}), ...expected });
  });

  test('a step that was over before the one ahead of it takes no time', () => {
    // A client's packet is sent on before the gratuitous ARP where its neighbour entry is still right.
    expect(phases({ first_garp_ns: 3300e6, first_forwarded_ns: 3207e6 })).toMatchObject({
      garp_ms: 3,
      forwarding_ms: 0,
      answer_ms: 0,
    });
    expect(phases({ address_ns: 3000e6 })).toMatchObject({ election_ms: 805, address_ms: 0, garp_ms: 1.5 });
  });

  test('what came before service broke is not part of it', () => {
    expect(phases({ broken_ns: 3207e6 })).toEqual({
      detection_ms: 0,
      election_ms: 0,
      address_ms: 0,
      garp_ms: 0,
      forwarding_ms: 1,
      answer_ms: 1,
    });
  });

  test('an answer before service broke leaves nothing to be cut', () => {
    expect(sum(phases({ broken_ns: 4000e6 }))).toBe(0);
  });

  test('whatever was seen, in whatever order: no phase is negative, and they add up', () => {
    const moment = fc.integer({ min: 0, max: 10_000_000_000 });
    const seen = fc.option(moment, { nil: undefined });
    fc.assert(
      fc.property(
        fc.record({
          broken_ns: moment,
          silence_ns: seen,
          first_advert_ns: seen,
          address_ns: seen,
          first_garp_ns: seen,
          first_forwarded_ns: seen,
          first_answer_ns: moment,
        }),
        (moments) => {
          const parts = phasesOf(moments);
          expect(Math.min(...Object.values(parts))).toBeGreaterThanOrEqual(0);
          const whole_ms = Math.max(0, moments.first_answer_ns - moments.broken_ns) / 1e6;
          expect(sum(parts)).toBeCloseTo(whole_ms, 6);
        },
      ),
    );
  });

  test('a later moment makes its own phase no shorter', () => {
    const at = fc.integer({ min: 0, max: 5_000_000_000 });
    fc.assert(
      fc.property(at, at, (a, b) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        expect(phases({ address_ns: late }).address_ms).toBeGreaterThanOrEqual(
          phases({ address_ns: early }).address_ms,
        );
      }),
    );
  });
});
