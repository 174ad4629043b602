import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { arpOf } from '../../../harness/observe/arp.ts';
import { macText } from '../../../harness/observe/bytes.ts';
import { dhcpOf } from '../../../harness/observe/dhcp.ts';
import { ethernetFrame, type Frame, framesOf, sll2Frame } from '../../../harness/observe/frame.ts';
import { KnetSpeakers } from '../../../harness/observe/knet.ts';
import { openPcap, type Pcap } from '../../../harness/observe/pcap.ts';
import { vrrp6Of, vrrpOf } from '../../../harness/observe/vrrp.ts';
import { advertFrame, ethernet, garpFrame, ipv4, sll2, tcp, u16, udp } from './builder.ts';
import * as build from './message-builder.ts';
import { ipv4Of, ipv6Of, pcapPackets, tcpFlowsOf, tcpOf, udpOf } from './readers.ts';

const load = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
const FILES = ['vrrp-takeover.pcap', 'vrrp-takeover-any.pcap', 'tcp-flows.pcap', 'dhcp-and-ipv6.pcap'].map(
  load,
);

/** Everything that reads one frame. */
const macOf = ({ bytes, source_mac_start }: Frame) => macText(bytes, source_mac_start);
const PARSERS = {
  ...{ ipv4Of, ipv6Of, udpOf, tcpOf, arpOf, vrrpOf, vrrp6Of, dhcpOf },
  flows: (frame: Frame) => tcpFlowsOf([frame, frame]),
  knet: (frame: Frame) => {
    const speakers = new KnetSpeakers();
    speakers.take(frame);
    return speakers.heard([macOf(frame)])[0];
  },
};

const v6_advert = [0x31, 7, 100, 1, ...u16(100), 0, 0, ...build.ip6('fe80::1')];
const request = build.text('GET /latest HTTP/1.1\r\nHost: a.test\r\n\r\n');
const SAMPLES = [
  advertFrame({}),
  advertFrame({ version: 2, addresses: ['198.18.0.1', '198.18.0.2'] }),
  garpFrame('02:00:00:00:00:12', '198.18.0.1'),
  ethernet(0x0800, ipv4(6, tcp(2, 1, 1, [1], [1, 1, 1, 0]))),
  ethernet(0x0800, ipv4(17, udp(1, 2, [3])), { vlans: [1, 2] }),
  ethernet(0x0800, ipv4(17, udp(5405, 5405, [3, 4]), { options: [1, 1, 1, 1, 1, 1, 1, 0] })),
  ethernet(0x0800, ipv4(1, build.icmp(3, 3, ipv4(17, udp(1, 2, []))))),
  ethernet(0x86dd, build.ipv6(58, build.icmp(1, 4, build.ipv6(6, tcp(2, 1, 0, []))))),
  ethernet(0x86dd, build.ipv6(0, [...build.extension(44, 1), ...build.fragment(17, 1), ...udp(1, 2, [3])])),
  ethernet(0x86dd, build.ipv6(112, v6_advert)),
  build.neighborFrame({ target_mac: '02:00:00:00:00:12' }),
  build.segmentFrame({ flags: 0x18, payload: request }),
  build.segmentFrame({ source: '2001:db8::1', destination: '2001:db8::2', payload: request }),
  build.dhcpFrame({
    file: [...build.option(12, [65]), 255],
    options: [...build.option(53, [1]), ...build.option(52, [3]), ...build.option(61, [1, 2, 3]), 255],
  }),
  sll2(0x0800, ipv4(17, udp(1, 2, [3])), '02:00:00:00:00:05', 9, 4),
  ...FILES.flatMap(framesIn),
];

/** One frame of each length in the file: the others differ in little. */
function framesIn(file: Uint8Array): number[][] {
  const pcap = openPcap(file);
  const byLength = new Map(
    [...pcapPackets(pcap)].map(({ start, end }) => [end - start, [start, end]] as const),
  );
  return [...byLength.values()].map(([start, end]) => [...file.subarray(start, end)]);
}

const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 });
const mutated = fc
  .record({
    sample: fc.constantFrom(...SAMPLES),
    edits,
    cut: fc.option(fc.nat(), { freq: 2 }),
    more: fc.uint8Array({ maxLength: 20 }),
  })
  .map((change) => {
    const bytes = [...change.sample, ...change.more];
    // Most edits into the headers, where they change what is read behind.
    for (const [i, [at, value]] of change.edits.entries()) bytes[at % (i % 2 ? bytes.length : 64)] = value;
    return bytes.slice(0, change.cut === null ? undefined : change.cut % (bytes.length + 1));
  });
const random = fc.uint8Array({ maxLength: 120 }).map((bytes) => [...bytes]);
/** Random bytes behind a header that leads to a parser. */
const headed = fc
  .record({
    rest: random,
    ethertype: fc.constantFrom(0x0800, 0x86dd, 0x0806, 0x8100),
    protocol: fc.constantFrom(0, 1, 6, 17, 44, 58, 112),
  })
  .map(({ rest, ethertype, protocol }) =>
    ethernet(
      ethertype,
      ethertype === 0x0800 ? ipv4(protocol, rest) : ethertype === 0x86dd ? build.ipv6(protocol, rest) : rest,
    ),
  );
const anyBytes = fc.oneof({ weight: 3, arbitrary: mutated }, random, headed);

const AROUND = 300;
/** Many runs: a busy machine takes its time for them. */
const DEADLINE = { timeout: 60_000 };

/** What every parser makes of a frame that stands between other bytes, `behind` among them. */
function readings(bytes: readonly number[], around: number, behind: readonly number[] = []) {
  const all = new Uint8Array(bytes.length + 2 * AROUND + behind.length).fill(around);
  all.set(bytes, AROUND);
  all.set(behind, AROUND + bytes.length);
  return [ethernetFrame, sll2Frame].map((decode) => {
    const frame = decode(0, all, AROUND, AROUND + bytes.length);
    if (!frame) return undefined;
    expect(frame.payload_start).toBeLessThanOrEqual(frame.end);
    const packet = ipv4Of(frame) ?? ipv6Of(frame);
    if (packet) {
      expect(packet.payload_start).toBeLessThanOrEqual(packet.payload_end);
      expect(packet.payload_end).toBeLessThanOrEqual(frame.end);
    }
    return Object.entries(PARSERS).map(([name, parse]) => [name, plain(parse(frame))]);
  });
}

/** With views as what they show: their buffers differ. */
function plain(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value ?? null, (_key, part) =>
      ArrayBuffer.isView(part) ? [...(part as Uint8Array)] : part,
    ),
  );
}

describe('every parser', () => {
  it('throws nothing, and its reading depends on nothing outside of the frame', DEADLINE, () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const [seen, again] = [readings(bytes, 0x00), readings(bytes, 0xff)];
        expect(again).toEqual(seen);
        expect(readings(bytes, 0x35)).toEqual(seen);
        expect(JSON.stringify(seen)).not.toMatch(/undefined|NaN/);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads a frame that is cut as if nothing came behind, wherever it is cut', DEADLINE, () => {
    for (const sample of SAMPLES) {
      for (let length = 0; length < sample.length; length += 1) {
        const captured = sample.slice(0, length);
        const seen = readings(captured, 0);
        // One comparison of texts: as many as these would be slow otherwise.
        const again = readings(captured, 0, sample.slice(length));
        if (JSON.stringify(again) !== JSON.stringify(seen)) expect(again).toEqual(seen);
      }
    }
  });

  it('finds something in the samples that are mutated: otherwise nothing would be tested', () => {
    const found = new Set<string>();
    for (const sample of SAMPLES) {
      for (const reading of readings(sample, 0)) {
        for (const [name, value] of reading ?? []) {
          if (value !== null && !(Array.isArray(value) && value.length === 0)) found.add(String(name));
        }
      }
    }
    expect([...found].sort()).toEqual(Object.keys(PARSERS).sort());
  });
});

describe('a mutated capture file', () => {
  const change = fc.record({
    file: fc.constantFrom(...FILES),
    edits: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
    cut: fc.option(fc.nat()),
    more: fc.uint8Array({ maxLength: 60 }),
  });
  const files = change.map(({ file, edits: changes, cut, more }) => {
    const bytes = Uint8Array.from([...file, ...more]);
    for (const [i, [at, value]] of changes.entries()) bytes[at % (i % 2 ? bytes.length : 200)] = value;
    return bytes.subarray(0, cut === null ? undefined : cut % (bytes.length + 1));
  });

  it('is refused with an offset, or is a capture that agrees with itself', DEADLINE, () => {
    fc.assert(
      fc.property(files, (bytes) => {
        const pcap = opened(bytes);
        if (pcap) agrees(pcap);
      }),
      { numRuns: 400 },
    );
  });
});

function opened(bytes: Uint8Array): Pcap | undefined {
  try {
    return openPcap(bytes, 'x.pcap');
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(error.message).toMatch(/^x\.pcap: (offset \d+: |a pcap header has 24 bytes, only \d+ are here)/);
    return undefined;
  }
}

function agrees(pcap: Pcap): void {
  let end = 24;
  let packets = 0;
  for (const packet of pcapPackets(pcap)) {
    expect(packet.start).toBe(end + 16);
    expect(packet.end - packet.start).toBeLessThanOrEqual(packet.original_length);
    end = packet.end;
    packets += 1;
  }
  expect([packets, end]).toEqual([pcap.packets, pcap.end]);
  expect(pcap.truncated).toBe(end < pcap.bytes.length);
  const frames = [...framesOf(pcap, 0n)];
  expect(frames.length).toBeLessThanOrEqual(packets);
  for (const frame of frames) for (const parse of Object.values(PARSERS)) parse(frame);
}
