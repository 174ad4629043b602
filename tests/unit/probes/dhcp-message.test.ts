import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dhcpOf } from '../../../harness/observe/dhcp.ts';
import { framesOf } from '../../../harness/observe/frame.ts';
import { openPcap } from '../../../harness/observe/pcap.ts';
import { arp, ethernet, ipv4, u32, udp } from '../observe/builder.ts';
import { frameOf } from '../observe/frames.ts';
import { type Dhcp, dhcp, dhcpFrame, option } from '../observe/message-builder.ts';
import { missingPython } from './probe-process.ts';

const programs = new URL('../../../images/fabric/agent/probes/', import.meta.url).pathname;
const suite = missingPython ? `DHCP messages (skipped: ${missingPython})` : 'DHCP messages';

/** Runs lines of Python over frames, each of which gives `result`; one process for all. */
function python<Result>(code: string, frames: readonly (readonly number[])[]): Result[] {
  const script = [
    'import json, socket, sys',
    `sys.path.insert(0, ${JSON.stringify(programs)})`,
    'import dhcp_message',
    'for line in sys.stdin:',
    '    frame = bytes.fromhex(line)',
    ...code.split('\n').map((line) => `    ${line}`),
    '    print(json.dumps(result))',
  ].join('\n');
  const { stdout, stderr } = spawnSync('python3', ['-S', '-c', script], {
    input: frames.map((frame) => `${Buffer.from(frame).toString('hex')}\n`).join(''),
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  expect(stderr).toBe('');
  const results = stdout.trimEnd().split('\n');
  expect(results).toHaveLength(frames.length);
  return results.map((line) => JSON.parse(line) as Result);
}

interface Decoded {
  xid: number;
  chaddr: string;
  kind: number;
  address: string;
  server: string;
  lease: number | null;
  renewal: number | null;
  rebinding: number | null;
  source_mac: string;
}

const decode = (frames: readonly (readonly number[])[]) =>
  python<Decoded | null>(
    `message = dhcp_message.decode(frame)
result = message and {**message._asdict(), 'chaddr': message.chaddr.hex(':'), 'source_mac': message.source_mac.hex(':'),
    'address': socket.inet_ntoa(message.address), 'server': socket.inet_ntoa(message.server)}`,
    frames,
  );

const TYPES = ['discover', 'offer', 'request', 'decline', 'ack', 'nak', 'release', 'inform'];
/** What our own reader of captures makes of it: written apart from the program. */
function asCaptured(bytes: readonly number[]): Decoded | undefined {
  const message = dhcpOf(frameOf(bytes));
  if (message?.op !== 'reply' || !message.type) return undefined;
  return {
    xid: message.xid,
    chaddr: message.chaddr,
    kind: TYPES.indexOf(message.type) + 1,
    address: message.yiaddr,
    server: message.server_id ?? message.source_ip,
    lease: message.lease_s ?? null,
    renewal: message.renewal_s ?? null,
    rebinding: message.rebinding_s ?? null,
    source_mac: message.source_mac,
  };
}

const ACK: Dhcp = {
  op: 2,
  yiaddr: '198.18.17.1',
  options: [
    ...option(53, [5]),
    ...option(54, [198, 18, 16, 2]),
    ...option(51, u32(120)),
    ...option(58, u32(10)),
    ...option(59, u32(20)),
    255,
  ],
};

describe.skipIf(missingPython)(suite, { timeout: 60_000 }, () => {
  it('of a server are read', () => {
    expect(decode([dhcpFrame(ACK)])).toEqual([
      {
        xid: 0x12345678,
        chaddr: '02:00:00:00:00:21',
        kind: 5,
        address: '198.18.17.1',
        server: '198.18.16.2',
        lease: 120,
        renewal: 10,
        rebinding: 20,
        source_mac: '02:00:00:00:00:01',
      },
    ]);
  });

  it('of a server are read as in captures: real ones', () => {
    const file = new URL('../../fixtures/dhcp-and-ipv6.pcap', import.meta.url);
    const pcap = openPcap(readFileSync(file), 'dhcp-and-ipv6.pcap');
    const frames = [...framesOf(pcap, 0n)].map((frame) => [
      ...frame.bytes.subarray(frame.destination_mac_start!, frame.end),
    ]);
    const known = frames.map(asCaptured);
    expect(known.filter((message) => message).length).toBe(2);
    expect(decode(frames)).toEqual(known.map((message) => message ?? null));
  });

  const mutants = fc.sample(
    fc.record({
      mutations: fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 8 }),
      cut: fc.option(fc.nat(400), { nil: 400 }),
    }),
    { numRuns: 3000, seed: 7 },
  );
  const mutated = mutants.map(({ mutations, cut }) => {
    const bytes = dhcpFrame({
      ...ACK,
      file: option(58, [1, 2]),
      options: [...option(52, [3]), ...(ACK.options ?? [])],
    });
    for (const [at, value] of mutations) if (at < bytes.length) bytes[at] = value;
    return bytes.slice(0, cut);
  });

  it('cut or mutated do not end the program, and are never read as what they are not', () => {
    for (const [at, message] of decode(mutated).entries()) {
      const bytes = mutated[at]!;
      // What the headers themselves make no whole datagram of is for the kernel's filter.
      const captured = bytes.length >= 14 ? dhcpOf(frameOf(bytes)) : undefined;
      if (!message || !captured) continue;
      expect(message.xid).toBe(captured.xid);
      expect(message.address).toBe(captured.yiaddr);
    }
  });

  it('that are random bytes are none', () => {
    const frames = fc
      .sample(fc.uint8Array({ maxLength: 600 }), { numRuns: 2000, seed: 11 })
      .map((bytes) => [...bytes]);
    expect(decode(frames).every((message) => message === null)).toBe(true);
  });

  it.each([
    ['a client’s', dhcpFrame({ ...ACK, op: 1 })],
    ['BOOTP, without a type', dhcpFrame({ ...ACK, options: [...option(54, [1, 2, 3, 4]), 255] })],
    ['without the magic cookie', dhcpFrame(ACK).with(14 + 28 + 236, 0)],
    ['to another port', ethernet(0x0800, ipv4(17, udp(67, 69, dhcp(ACK))))],
    ['in TCP', ethernet(0x0800, ipv4(6, udp(67, 68, dhcp(ACK))))],
    ['in another kind of frame', ethernet(0x86dd, ipv4(17, udp(67, 68, dhcp(ACK))))],
  ])('that are not a server’s are none: %s', (_, frame) => {
    expect(decode([frame])).toEqual([null]);
  });

  it('without option 54 are of who sent the packet; options of a wrong length are not there', () => {
    const options = [...option(53, [2]), ...option(51, [1, 2]), 255];
    expect(decode([dhcpFrame({ ...ACK, options })])).toMatchObject([
      { kind: 2, server: '0.0.0.0', lease: null },
    ]);
  });

  it('have further options in file and sname', () => {
    const [message] = decode([
      dhcpFrame({
        op: 2,
        file: [...option(51, u32(7)), 255],
        sname: [...option(58, u32(3)), 255],
        options: [...option(53, [2]), ...option(52, [3]), 255],
      }),
    ]);
    expect(message).toMatchObject({ lease: 7, renewal: 3 });
  });

  it('of a client have valid headers, whatever is filled in', () => {
    const wanted = python<[number, string, number]>(
      `mac, address, server, xid = frame[:6], frame[6:10], frame[10:14], int.from_bytes(frame[14:18], 'big')
template = dhcp_message.Template(dhcp_message.REQUEST)
template.speak_as(address, server, b'\\x02\\0\\0\\0\\0\\x09')
sent = bytes(template.fill(mac, xid, 3))
total = sum(int.from_bytes(sent[at : at + 2], 'big') for at in range(14, 34, 2))
result = [total % 0xffff, sent.hex(), len(sent)]`,
      fc
        .sample(fc.uint8Array({ minLength: 18, maxLength: 18 }), { numRuns: 200, seed: 3 })
        .map((bytes) => [...bytes]),
    );
    for (const [checksum, hex, length] of wanted) {
      expect(checksum).toBe(0);
      // A whole BOOTP message, as RFC 951 wants it.
      expect(length).toBe(14 + 28 + 300);
      const message = dhcpOf(frameOf([...Buffer.from(hex, 'hex')]));
      expect(message).toMatchObject({ op: 'request', type: 'request', truncated: false });
      expect(message!.ciaddr).toBe(message!.source_ip);
      expect(message!.chaddr).toBe(message!.source_mac);
    }
  });

  it('go to a MAC that ARP tells: for addresses that are held, and no others', () => {
    const code = `answer = dhcp_message.arp_answer(frame, {socket.inet_aton('198.18.17.0'): b'\\x02\\x16\\x10\\0\\0\\0'})
result = answer and answer.hex()`;
    const asked = (ip: string, op = 1) =>
      ethernet(0x0806, arp(op, '02:00:00:00:00:02', '198.18.16.2', ip), { source: '02:00:00:00:00:02' });
    const [answer, ...none] = python<string | null>(code, [
      asked('198.18.17.0'),
      asked('198.18.17.1'),
      asked('198.18.17.0', 2),
      asked('198.18.17.0').slice(0, 41),
      dhcpFrame(ACK),
    ]);
    expect(none).toEqual([null, null, null, null]);
    const bytes = [...Buffer.from(answer!, 'hex')];
    expect(bytes).toEqual([
      ...[2, 0, 0, 0, 0, 2, 2, 0x16, 0x10, 0, 0, 0, 8, 6],
      ...[0, 1, 8, 0, 6, 4, 0, 2],
      ...[2, 0x16, 0x10, 0, 0, 0, 198, 18, 17, 0],
      ...[2, 0, 0, 0, 0, 2, 198, 18, 16, 2],
    ]);
  });
});
