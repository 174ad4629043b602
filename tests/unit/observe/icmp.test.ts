import { describe, expect, it } from 'vitest';
import { icmpOf } from '../../../harness/observe/icmp.ts';
import { ethernet, ipv4, tcp, udp } from './builder.ts';
import { frameOf } from './frames.ts';
import { icmp, ipv6 } from './message-builder.ts';

const ENDS = { source: '198.18.0.2', destination: '203.0.113.9' };
const v4 = (message: number[]) => frameOf(ethernet(0x0800, ipv4(1, message)));
const v6 = (message: number[]) => frameOf(ethernet(0x86dd, ipv6(58, message)));

describe('icmpOf', () => {
  it('reads an echo, which quotes nothing', () => {
    expect(icmpOf(v4(icmp(8, 0, ipv4(17, udp(1, 2, [])))))).toEqual({
      at_ns: 42,
      version: 4,
      type: 8,
      code: 0,
      source: '198.18.0.11',
      destination: '198.18.0.12',
      quoted: undefined,
    });
    expect(icmpOf(v6(icmp(128, 0)))).toMatchObject({ version: 6, type: 128, source: '2001:db8::11' });
  });

  it.each([3, 4, 5, 11, 12])(
    'quotes the packet that error %i is about, its first eight bytes behind the header',
    (type) => {
      const quoted = ipv4(17, udp(40_000, 7001, [1, 2, 3, 4]), { ...ENDS, options: [1, 1, 1, 0] }).slice(
        0,
        32,
      );
      expect(icmpOf(v4(icmp(type, 1, quoted)))).toMatchObject({
        type,
        code: 1,
        quoted: { protocol: 17, ...ENDS, source_port: 40_000, destination_port: 7001 },
      });
    },
  );

  it('quotes IPv6 in errors alone', () => {
    const ends = { source: '2001:db8::2', destination: '2001:db8::9' };
    const quoted = ipv6(6, tcp(2, 1, 0, []), ends);
    expect(icmpOf(v6(icmp(1, 4, quoted)))?.quoted).toMatchObject({
      ...ends,
      source_port: 4000,
      destination_port: 80,
    });
    expect(icmpOf(v6(icmp(129, 0, quoted)))?.quoted).toBeUndefined();
    expect(icmpOf(v6(icmp(137, 0, quoted)))?.quoted).toBeUndefined();
  });

  it('says what it can of a cut or portless quote', () => {
    const whole = ethernet(0x0800, ipv4(1, icmp(3, 3, ipv4(17, udp(1, 2, []), ENDS))));
    const at = (length: number) => icmpOf(frameOf(whole.slice(0, length)))?.quoted;
    const quote_start = 14 + 20 + 8;
    expect(at(quote_start + 19)).toBeUndefined();
    expect(at(quote_start + 20)).toMatchObject({ protocol: 17, ...ENDS, source_port: undefined });
    expect(at(quote_start + 23)).toMatchObject({ source_port: undefined });
    expect(at(quote_start + 24)).toMatchObject({ source_port: 1, destination_port: 2 });
    expect(icmpOf(v4(icmp(11, 0, ipv4(47, [9, 9, 9, 9]))))?.quoted).toMatchObject({
      protocol: 47,
      source_port: undefined,
    });
    const later = ipv4(17, udp(1, 2, []), { fragment_offset: 5 });
    expect(icmpOf(v4(icmp(11, 1, later)))?.quoted).toMatchObject({ protocol: 17, source_port: undefined });
  });

  it('reads nothing else', () => {
    expect(icmpOf(frameOf(ethernet(0x0800, ipv4(17, udp(1, 2, [])))))).toBeUndefined();
    expect(icmpOf(frameOf(ethernet(0x0800, ipv4(58, icmp(1, 0)))))).toBeUndefined();
    expect(icmpOf(v4([3, 1, 0]))).toBeUndefined();
  });
});
