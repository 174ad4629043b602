import { describe, expect, it } from 'vitest';
import { dhcpOf } from '../../../harness/observe/dhcp.ts';
import { ethernet, ipv4, u32, udp } from './builder.ts';
import { frameOf } from './frames.ts';
import { dhcp, dhcpFrame, option, text } from './message-builder.ts';

const ACK = [
  ...option(53, [5]),
  ...option(54, [198, 18, 0, 2]),
  ...option(51, u32(86_400)),
  ...option(58, u32(43_200)),
  ...option(59, u32(75_600)),
  255,
];
/** Ethernet, IPv4, UDP, and the message up to the options. */
const OPTIONS_AT = 14 + 20 + 8 + 240;

describe('dhcpOf', () => {
  it('reads what a client asks', () => {
    const options = [
      ...option(53, [3]),
      ...option(50, [198, 18, 0, 77]),
      0,
      ...option(61, [1, 2, 0, 0, 0, 0, 0x21]),
      ...option(12, text('client-1\0')),
      255,
    ];
    expect(dhcpOf(frameOf(dhcpFrame({ broadcast: true, options })))).toEqual({
      at_ns: 42,
      op: 'request',
      type: 'request',
      xid: 0x12345678,
      chaddr: '02:00:00:00:00:21',
      ciaddr: '0.0.0.0',
      yiaddr: '0.0.0.0',
      siaddr: '0.0.0.0',
      giaddr: '0.0.0.0',
      broadcast: true,
      server_id: undefined,
      requested_ip: '198.18.0.77',
      lease_s: undefined,
      renewal_s: undefined,
      rebinding_s: undefined,
      client_id: '01:02:00:00:00:00:21',
      host_name: 'client-1',
      truncated: false,
      source_ip: '0.0.0.0',
      destination_ip: '255.255.255.255',
      source_mac: '02:00:00:00:00:01',
      interface_index: undefined,
    });
  });

  it('reads what a server answers, each address by its own name', () => {
    const ends = { ciaddr: '198.18.0.1', yiaddr: '198.18.0.2', siaddr: '198.18.0.3', giaddr: '198.18.0.4' };
    expect(dhcpOf(frameOf(dhcpFrame({ op: 2, ...ends, options: ACK })))).toMatchObject({
      ...ends,
      op: 'reply',
      type: 'ack',
      broadcast: false,
      server_id: '198.18.0.2',
      lease_s: 86_400,
      renewal_s: 43_200,
      rebinding_s: 75_600,
    });
  });

  const types = ['discover', 'offer', 'request', 'decline', 'ack', 'nak', 'release', 'inform'] as const;
  it.each(types.map((type, index) => ({ value: index + 1, type })))(
    'calls $value $type',
    ({ value, type }) => {
      const options = [...option(53, [value]), 255];
      expect(dhcpOf(frameOf(dhcpFrame({ options })))?.type).toBe(type);
    },
  );

  it('has no name for other types, and no value for an option of a wrong length', () => {
    const of = (...options: number[]) => dhcpOf(frameOf(dhcpFrame({ options: [...options, 255] })));
    expect(of(...option(53, [0]))?.type).toBeUndefined();
    expect(of(...option(53, [9]))?.type).toBeUndefined();
    expect(of(...option(53, [1, 1]))?.type).toBeUndefined();
    expect(of(...option(54, [1, 2, 3]), ...option(51, [1]))).toMatchObject({
      server_id: undefined,
      lease_s: undefined,
      truncated: false,
    });
  });

  it('gives a lease without an end as Infinity', () => {
    const options = [...option(51, u32(0xffffffff)), ...option(58, u32(0xfffffffe)), 255];
    expect(dhcpOf(frameOf(dhcpFrame({ options })))).toMatchObject({
      lease_s: Infinity,
      renewal_s: 0xfffffffe,
    });
  });

  it('joins the pieces of an option', () => {
    const options = [...option(12, text('long-')), ...option(53, [1]), ...option(12, text('name')), 255];
    expect(dhcpOf(frameOf(dhcpFrame({ options })))).toMatchObject({
      host_name: 'long-name',
      type: 'discover',
    });
  });

  it.each([
    [0, undefined, undefined],
    [1, 'file', undefined],
    [2, undefined, '198.18.0.9'],
    [3, 'file', '198.18.0.9'],
  ])('goes on in the overloaded fields: %i', (overload, host_name, server_id) => {
    const file = [...option(12, text('file')), 255];
    const sname = [0, ...option(54, [198, 18, 0, 9]), 255];
    const options = [...option(52, [overload]), ...option(53, [2]), 255];
    const seen = dhcpOf(frameOf(dhcpFrame({ op: 2, file, sname, options })));
    expect(seen).toMatchObject({ type: 'offer', host_name, server_id, truncated: false });
  });

  it('takes what stands in fields that are not overloaded for no option', () => {
    const sname = [...option(53, [6]), 255];
    expect(dhcpOf(frameOf(dhcpFrame({ sname, options: [255] })))?.type).toBeUndefined();
  });

  it('reads BOOTP, and no option without the magic cookie', () => {
    const message = dhcp({ options: ACK });
    message[236] = 0;
    const seen = dhcpOf(frameOf(ethernet(0x0800, ipv4(17, udp(68, 67, message)))));
    expect(seen).toMatchObject({ xid: 0x12345678, type: undefined, truncated: false });
    const short = dhcp().slice(0, 236);
    expect(dhcpOf(frameOf(ethernet(0x0800, ipv4(17, udp(68, 67, short)))))?.truncated).toBe(false);
  });

  it('reads what the snapshot left, and says so', () => {
    const whole = dhcpFrame({ op: 2, yiaddr: '198.18.0.77', options: ACK });
    for (let length = 14 + 20 + 8; length <= whole.length; length += 1) {
      const seen = dhcpOf(frameOf(whole.slice(0, length)));
      if (length < 14 + 20 + 8 + 44) {
        expect(seen).toBeUndefined();
      } else {
        expect(seen).toMatchObject({ yiaddr: '198.18.0.77', truncated: length < whole.length });
        expect(seen?.type).toBe(length >= OPTIONS_AT + 3 ? 'ack' : undefined);
        expect(seen?.server_id).toBe(length >= OPTIONS_AT + 9 ? '198.18.0.2' : undefined);
        expect(seen?.lease_s).toBe(length >= OPTIONS_AT + 15 ? 86_400 : undefined);
      }
    }
  });

  it('stops at an option that is longer than its field', () => {
    const options = [...option(53, [1]), 12, 200, 1, 255];
    expect(dhcpOf(frameOf(dhcpFrame({ options })))).toMatchObject({
      type: 'discover',
      host_name: undefined,
      truncated: true,
    });
    expect(dhcpOf(frameOf(dhcpFrame({ options: [...option(53, [1]), 12] })))?.truncated).toBe(true);
  });

  it.each([
    ['another destination port', ethernet(0x0800, ipv4(17, udp(68, 69, dhcp())))],
    ['another source port', ethernet(0x0800, ipv4(17, udp(1068, 67, dhcp())))],
    ['another op', dhcpFrame({ op: 3 })],
    ['a hardware address longer than its field', ethernet(0x0800, ipv4(17, udp(68, 67, dhcp().with(2, 17))))],
    ['a datagram that is too short', ethernet(0x0800, ipv4(17, udp(68, 67, dhcp().slice(0, 43))))],
    ['TCP', ethernet(0x0800, ipv4(6, udp(68, 67, dhcp())))],
  ])('reads nothing out of %s', (_what, bytes) => {
    expect(dhcpOf(frameOf(bytes))).toBeUndefined();
  });

  it('reads what a relay sends', () => {
    const seen = dhcpOf(frameOf(ethernet(0x0800, ipv4(17, udp(67, 67, dhcp({ giaddr: '198.18.9.1' }))))));
    expect(seen).toMatchObject({ op: 'request', giaddr: '198.18.9.1' });
  });
});
