import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../../../harness/ground/errors.ts';
import {
  parseDnsmasqArgs,
  parseDnsmasqConf,
} from '../../../../../harness/systems/dhcp/config/dnsmasq-conf.ts';
import { leaseLossBounds, leaseTimers } from '../../../../../harness/systems/dhcp/findings/dhcp-bounds.ts';
import { dnsmasqLeaseTimers } from '../../../../support/dnsmasq-lease-timers.ts';

describe('a lease', () => {
  it('has T1 at a half and T2 at seven eighths', () => {
    expect(leaseTimers(120_000)).toEqual({ t1_ms: 60_000, t2_ms: 105_000, lease_ms: 120_000 });
    expect(leaseTimers(120_000, { t1_ms: 10_000, t2_ms: 20_000 })).toMatchObject({
      t1_ms: 10_000,
      t2_ms: 20_000,
    });
  });

  it('of any age is asked for, and lost, within T1, T2 and its end', () => {
    const { renew, rebind, expiry } = leaseLossBounds(leaseTimers(120_000));
    expect(renew).toMatchObject({ low: 0, high: 60_000 });
    expect(rebind).toEqual({ low: 45_000, high: 105_000, from: 'DHCP: T2 105 s - an age of 0 to 60 s' });
    expect(expiry).toMatchObject({ low: 60_000, high: 120_000 });
  });

  it('of known age leaves no doubt', () => {
    const { renew, expiry } = leaseLossBounds(leaseTimers(120_000), 20_000);
    expect(renew).toMatchObject({ low: 40_000, high: 40_000 });
    expect(expiry).toMatchObject({ low: 100_000, high: 100_000 });
    expect(() => leaseLossBounds(leaseTimers(120_000), 60_001)).toThrow(InputError);
  });

  it.each([
    [120_000, { t1_ms: 110_000 }],
    [120_000, { t2_ms: 120_000 }],
    [0, {}],
    [Number.POSITIVE_INFINITY, {}],
  ])('refuses a lease of %d ms with %j', (lease_ms, forced) => {
    expect(() => leaseTimers(lease_ms, forced)).toThrow(InputError);
  });
});

function problems(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const args = (...all: string[]) => parseDnsmasqArgs(all, 'dhcp1');
const timersOf = (...all: string[]) => {
  const conf = args(...all);
  return dnsmasqLeaseTimers(conf, conf.ranges[0]!);
};

describe('dnsmasq', () => {
  it('is read from its command line', () => {
    expect(
      args(
        '--no-hosts',
        '--dhcp-range=set:subnet-1,198.18.0.0,static,255.255.255.0,86400s',
        '--dhcp-option',
        'option:T1,10',
        '-O59,20s',
        '--dhcp-option=tag:subnet-1,58,1m',
        '--dhcp-option=3,198.18.0.1',
        '--dhcp-authoritative',
        '-F',
        '198.18.1.10,198.18.1.20,infinite',
      ),
    ).toEqual({
      ranges: [
        { start: '198.18.0.0', end: '198.18.0.0', mode: 'static', lease_s: 86_400, sets: 'subnet-1' },
        {
          start: '198.18.1.10',
          end: '198.18.1.20',
          mode: 'pool',
          lease_s: Number.POSITIVE_INFINITY,
          sets: undefined,
        },
      ],
      timers: [
        { option: 't1', seconds: 10, tags: [] },
        { option: 't2', seconds: 20, tags: [] },
        { option: 't1', seconds: 60, tags: ['subnet-1'] },
      ],
      authoritative: true,
      leasefile_ro: false,
      reply_delays: [],
      no_ping: false,
    });
  });

  it('is read from its file', () => {
    const text =
      '# lab\nno-hosts\ndhcp-range = 198.18.0.10,198.18.0.20,2m # short\nleasefile-ro\ndhcp-range=2001:db8::1,static\n\n';
    expect(parseDnsmasqConf(text, 'dnsmasq.conf')).toEqual({
      ranges: [{ start: '198.18.0.10', end: '198.18.0.20', mode: 'pool', lease_s: 120, sets: undefined }],
      timers: [],
      authoritative: false,
      leasefile_ro: true,
      reply_delays: [],
      no_ping: false,
    });
  });

  it.each([
    ['198.18.0.10,198.18.0.20', 3600],
    ['198.18.0.10,198.18.0.20,60', 120],
    ['198.18.0.10,198.18.0.20,255.255.255.0,198.18.0.255,1h', 3600],
    ['tag:a,set:b,198.18.0.10,static,1d', 86_400],
    ['198.18.0.10,static,1w', 604_800],
  ])('leases from %s last %d s', (range, lease_s) => {
    expect(args(`--dhcp-range=${range}`).ranges[0]?.lease_s).toBe(lease_s);
  });

  it('halves its shortest lease at 60 and 105 s, unless T1 and T2 are forced', () => {
    const range = '--dhcp-range=set:a,198.18.0.10,static,10';
    expect(timersOf(range)).toEqual({ t1_ms: 60_000, t2_ms: 105_000, lease_ms: 120_000 });
    expect(timersOf(range, '-O58,5', '-O59,10')).toMatchObject({ t1_ms: 5000, t2_ms: 10_000 });
  });

  it('heals forced times as the daemon does', () => {
    const range = '--dhcp-range=set:a,198.18.0.10,static,120';
    expect(timersOf(range, '-O59,30')).toMatchObject({ t1_ms: 29_000, t2_ms: 30_000 });
    expect(timersOf(range, '-O58,120')).toMatchObject({ t1_ms: 60_000 });
    expect(timersOf(range, '-O58,2')).toMatchObject({ t1_ms: 60_000 });
    expect(timersOf(range, '-O58,10', '-Otag:a,58,20')).toMatchObject({ t1_ms: 20_000 });
    expect(timersOf(range, '-O58,10', '-Otag:b,58,20')).toMatchObject({ t1_ms: 10_000 });
    expect(() => timersOf('--dhcp-range=198.18.0.10,static,infinite')).toThrow(/have no end/);
  });

  it.each([
    ['dhcp-range=eth0', 'dnsmasq.conf:1:1: dhcp-range needs a start address'],
    ['\ndhcp-range=198.18.0.1,nowhere', 'dnsmasq.conf:2:1: dhcp-range needs a start address'],
    ['dhcp-range=198.18.0.1,static,soon', "a time like 120, 45m or 1h, or 'infinite', not 'soon'"],
    ['dhcp-range', 'dnsmasq.conf:1:1: dhcp-range needs'],
    ['dhcp-reply-delay=1\ndhcp-reply-delay=2', 'dnsmasq.conf:2:1: dnsmasq takes one dhcp-reply-delay'],
    ['dhcp-range=198.18.1.1,198.18.9.1,255.255.255.0', 'are not in one network of 255.255.255.0'],
    ['conf-dir=/etc/dnsmasq.d', "dnsmasq.conf:1:1: 'conf-dir' is not followed"],
  ])('refuses %j', (text, message) => {
    expect(problems(() => parseDnsmasqConf(text, 'dnsmasq.conf'))[0]).toContain(message);
  });

  it('throws nothing but InputError, whatever the text', { timeout: 30_000 }, () => {
    const pieces = fc.constantFrom(
      ...[
        'dhcp-range',
        '=',
        '198.18.0.1',
        ',',
        'static',
        '120',
        'dhcp-option',
        '58',
        'tag:a',
        'set:',
        '\n',
        '#',
      ],
      ...['--', '-F', '-O', '"', '2001:db8::1', 'option:T1', 'infinite', '255.255.255.0'],
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(pieces).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, fc.array(text), (one, many) => {
        problems(() => parseDnsmasqConf(one, 'x'));
        problems(() => parseDnsmasqArgs(many, 'x'));
      }),
      { numRuns: 500, endOnFailure: true },
    );
  });
});
