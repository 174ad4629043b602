import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../../harness/ground/errors.ts';
import { parseHaproxyConf } from '../../../../../harness/systems/haproxy/config/haproxy-conf.ts';
import {
  failedCheckMs,
  serverDropBound,
} from '../../../../../harness/systems/haproxy/findings/haproxy-bounds.ts';

const parse = (text: string) => parseHaproxyConf(text, 'haproxy.cfg');
const server = (parameters: string, above = '') =>
  parse(`${above}\nbackend b\n server s1 203.0.113.5:80 ${parameters}`)[0]!;

describe('serverDropBound', () => {
  const classic = server('check inter 2000 rise 2 fall 5');

  it('is 8 to 10 s for inter 2000 fall 5 when the connection is refused', () => {
    expect(serverDropBound(classic, 'refused')).toEqual({
      low: 8000,
      high: 10_000,
      from: 'HAProxy: up to inter 2 s + 4 x fastinter 2 s + 5 x failed check 0 s',
    });
  });

  it('adds a timeout to every check that is not answered', () => {
    expect(failedCheckMs(classic, 'silent')).toBe(2000);
    // 2 + 2, then four times 2 + 2.
    expect(serverDropBound(classic, 'silent')).toMatchObject({ low: 8000, high: 20_000 });
    const timed = server('check inter 2000 fall 5', 'defaults\ntimeout check 500\ntimeout connect 300');
    expect(failedCheckMs(timed, 'silent')).toBe(300);
    expect(failedCheckMs(timed, 'mute')).toBe(500);
    // Low: 4 x (2 + 0.5); high: 2 + 0.5 + 4 x (2 + 0.5).
    expect(serverDropBound(timed, 'mute')).toMatchObject({ low: 10_000, high: 12_500 });
  });

  it('waits for a connection no longer than inter', () => {
    const slow = server('check inter 1s', 'defaults\ntimeout check 500\ntimeout connect 1m');
    expect(failedCheckMs(slow, 'silent')).toBe(1000);
  });

  it('lets a check that was connected run to timeout check', () => {
    const patient = server('check inter 1s fall 1', 'defaults\ntimeout check 10s\ntimeout connect 500');
    expect(serverDropBound(patient, 'silent')).toMatchObject({ low: 0, high: 10_000 });
  });

  it('is not known where something else is checked, which may live on without the server', () => {
    const elsewhere = server('check addr 203.0.113.9');
    expect(() => serverDropBound(elsewhere, 'silent')).toThrow(
      'b/s1 is checked at address 203.0.113.9 (addr)',
    );
    expect(serverDropBound(server('check addr 203.0.113.5'), 'silent').high).toBeGreaterThan(0);
    const other = server('check port 8080');
    expect(() => serverDropBound(other, 'refused')).toThrow('b/s1 is checked at port 8080 (port)');
    expect(serverDropBound(other, 'silent').high).toBeGreaterThan(0);
  });

  it('goes faster after the first failure with fastinter', () => {
    expect(serverDropBound(server('check inter 2s fastinter 200 fall 5'), 'refused')).toMatchObject({
      low: 800,
      high: 2800,
    });
  });

  it('widens by spread-checks, and promises no low end with observe', () => {
    const spread = server('check inter 1s fall 3', 'global\nspread-checks 10');
    expect(serverDropBound(spread, 'refused').low).toBeCloseTo(1800);
    expect(serverDropBound(spread, 'refused').high).toBeCloseTo(3300);
    expect(serverDropBound(server('check observe layer4'), 'refused')).toMatchObject({ low: 0, high: 6000 });
  });

  it('is none for a server that is not checked', () => {
    expect(() => serverDropBound(server(''), 'refused')).toThrow(/b\/s1 has no health check/);
    expect(() => serverDropBound(server(''), 'refused')).toThrow(InputError);
  });

  it('holds for checks played through', () => {
    const ms = fc.integer({ min: 1, max: 5000 });
    const input = fc.record({
      inter: ms,
      fast: ms,
      fall: fc.integer({ min: 1, max: 6 }),
      phase: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        input,
        fc.constantFrom('refused' as const, 'silent' as const),
        ({ inter, fast, fall, phase }, how) => {
          const one = server(`check inter ${inter} fastinter ${fast} fall ${fall}`);
          const takes = how === 'silent' ? inter : 0;
          let now = inter * phase;
          for (let failures = 0; failures < fall; failures += 1) now += takes + (failures > 0 ? fast : 0);
          const bound = serverDropBound(one, how);
          expect(now).toBeGreaterThanOrEqual(bound.low - 1e-6);
          expect(now).toBeLessThanOrEqual(bound.high + 1e-6);
        },
      ),
    );
  });
});
