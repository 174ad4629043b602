import { describe, expect, it } from 'vitest';
import { vrrp6Of, vrrpOf } from '../../../harness/observe/vrrp.ts';
import { advertFrame, ethernet, tcp, u16, udp } from './builder.ts';
import { frameOf } from './frames.ts';
import { extension, fragment, ip6, ipv6 } from './message-builder.ts';
import { ipv6Of, tcpOf, udpOf } from './readers.ts';

const v6 = (next: number, payload: number[]) => frameOf(ethernet(0x86dd, ipv6(next, payload)));

describe('IPv6', () => {
  it('carries UDP and TCP, with addresses as RFC 5952 writes them', () => {
    const bytes = ipv6(17, udp(5000, 7001, [1, 2]), { source: '2001:db8:0:1::f', destination: 'fe80::1' });
    const seen = udpOf(frameOf(ethernet(0x86dd, [...bytes, ...Array(9).fill(0)])))!;
    expect(seen).toMatchObject({ source: '2001:db8:0:1::f', destination: 'fe80::1', destination_port: 7001 });
    expect([...seen.payload]).toEqual([1, 2]);
    expect(tcpOf(v6(6, tcp(2, 9, 0, [1, 2, 3])))).toMatchObject({ seq: 9, payload_length: 3 });
  });

  it.each([
    ['none', 17, []],
    ['hop-by-hop, a long one', 0, extension(17, 3)],
    ['routing', 43, extension(17)],
    ['destination options', 60, extension(17, 1)],
    ['authentication of 24 bytes', 51, [17, 4, ...Array(22).fill(0)]],
    ['a first fragment', 44, fragment(17, 1)],
    ['several', 0, [...extension(60), ...extension(44, 1), ...fragment(17, 0)]],
  ])('looks through extension headers: %s', (_what, next, headers) => {
    const seen = v6(next, [...headers, ...udp(1, 2, [3])]);
    expect(ipv6Of(seen)).toMatchObject({ protocol: 17, payload_length: 9, later_fragment: false });
    expect([...udpOf(seen)!.payload]).toEqual([3]);
  });

  it('finds no ports in a later fragment, behind ESP, or where there is no next header', () => {
    const later = v6(44, [...fragment(17, 8), ...udp(1, 2, [3])]);
    expect(ipv6Of(later)).toMatchObject({ protocol: 17, later_fragment: true, payload_length: 9 });
    expect(udpOf(later)).toBeUndefined();
    expect(ipv6Of(v6(50, udp(1, 2, [])))).toMatchObject({ protocol: 50 });
    expect(ipv6Of(v6(59, []))).toMatchObject({ protocol: 59, payload_length: 0 });
  });

  it('knows how much the snapshot cut', () => {
    const bytes = ethernet(0x86dd, ipv6(17, udp(1, 2, Array(100).fill(7)))).slice(0, 80);
    const { payload_start, payload_end, payload_length } = ipv6Of(frameOf(bytes))!;
    expect([payload_end - payload_start, payload_length]).toEqual([26, 108]);
  });

  it.each([
    ['another version', ipv6(17, udp(1, 2, [])).with(0, 0x40)],
    ['a cut header', ipv6(17, []).slice(0, 39)],
    ['a cut extension header', ipv6(0, extension(17, 3).slice(0, 20))],
    ['an extension header longer than the packet', ipv6(0, extension(17).with(1, 1))],
  ])('reads nothing out of %s', (_what, bytes) => {
    expect(ipv6Of(frameOf(ethernet(0x86dd, bytes)))).toBeUndefined();
  });
});

describe('VRRPv3 over IPv6', () => {
  const advert = (version = 3) => [
    ...[(version << 4) | 1, 7, 100, 2, ...u16(10), 0, 0],
    ...[...ip6('fe80::1'), ...ip6('2001:db8::1')],
  ];

  it('lists IPv6 addresses', () => {
    const bytes = ipv6(112, advert(), { source: 'fe80::11', destination: 'ff02::12' });
    const seen = frameOf(ethernet(0x86dd, bytes, { source: '00:00:5e:00:02:07' }));
    expect(vrrp6Of(seen)).toMatchObject({
      version: 3,
      vrid: 7,
      priority: 100,
      advert_int_ms: 100,
      addresses: ['fe80::1', '2001:db8::1'],
      source: { ip: 'fe80::11', mac: '00:00:5e:00:02:07' },
    });
    expect(vrrpOf(seen)).toBeUndefined();
    expect(vrrp6Of(frameOf(advertFrame({})))).toBeUndefined();
  });

  it('lists those that were captured, and knows no more addresses than bytes', () => {
    const cut = frameOf(ethernet(0x86dd, ipv6(112, advert())).slice(0, -1));
    expect(vrrp6Of(cut)?.addresses).toEqual(['fe80::1']);
    expect(vrrp6Of(v6(112, advert(4)))).toBeUndefined();
    expect(vrrp6Of(v6(112, advert().with(3, 3)))).toBeUndefined();
  });

  it('reads version 2, as keepalived 2.3.3 sends it where a file says so', () => {
    const sent = [0x21, 9, 200, 1, 0, 1, 0x20, 0x63, ...ip6('fe80::5')];
    const bytes = ipv6(112, sent, { source: 'fe80::91:22ff:fe86:d7d5', destination: 'ff02::12' });
    expect(vrrp6Of(frameOf(ethernet(0x86dd, bytes)))).toMatchObject({
      version: 2,
      family: 6,
      vrid: 9,
      priority: 200,
      advert_int_ms: 1000,
      addresses: ['fe80::5'],
    });
  });
});
