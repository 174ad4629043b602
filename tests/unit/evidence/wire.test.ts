import { expect, test } from 'vitest';
import type { FrameWatch } from '../../../harness/evidence/frame-watch.ts';
import type { SegmentCapture } from '../../../harness/evidence/wire.ts';
import { readWire } from '../../../harness/evidence/wire.ts';
import { openPcap } from '../../../harness/observe/pcap.ts';
import { advertFrame, capture, ethernet, garpFrame, ipv4, udp } from '../observe/builder.ts';
import { from_server, RST } from '../observe/conversation.ts';
import { segmentFrame } from '../observe/message-builder.ts';

const EPOCH_NS = 1_700_000_000_000_000_000n;
const MAC = '02:00:00:00:00:12';
/** The first request of a UDP probe: its magic, and zeros. */
const PROBE = [...Buffer.from('HDU1'), ...new Uint8Array(32)];

async function* captures(bySegment: Record<string, [at_ns: bigint, bytes: number[]][]>) {
  for (const [segment, packets] of Object.entries(bySegment)) {
    const bytes = capture(packets.map(([at_ns, one]) => ({ at_ns: EPOCH_NS + at_ns, bytes: one })));
    yield { segment, pieces: [openPcap(bytes, segment)] } satisfies SegmentCapture;
  }
}

test('every segment is looked at once, for everything, on the lab’s clock', async () => {
  const probe = ethernet(0x0800, ipv4(17, udp(40_000, 7001, [1])), { source: MAC });
  const [, reset] = from_server(0, { seq: 1, ack: 1, flags: RST });
  const seen: [number, string][] = [];
  const watch: FrameWatch = { take: ({ at_ns }, segment) => seen.push([at_ns, segment]) };
  const wire = await readWire(
    captures({
      ha: [
        [100n, advertFrame({ mac: MAC })],
        [200n, garpFrame(MAC, '198.18.0.1')],
      ],
      inside: [
        [150n, probe],
        [350n, probe],
      ],
      outside: [
        [340n, probe],
        [400n, segmentFrame(reset)],
      ],
    }),
    { epoch_ns: EPOCH_NS, tcp_ports: [80], watches: [watch] },
  );
  expect(wire.frames).toBe(6);
  expect(seen).toEqual([
    [100, 'ha'],
    [200, 'ha'],
    [150, 'inside'],
    [350, 'inside'],
    [340, 'outside'],
    [400, 'outside'],
  ]);
  expect(wire.tcp.resetConnections(0, 1000)).toBe(1);
});

test('of segments that saw as many requests of a probe the one that saw the first is the client’s', async () => {
  const request = ethernet(0x0800, ipv4(17, udp(40_000, 7001, PROBE)), { source: MAC });
  const wire = await readWire(captures({ server: [[350n, request]], client: [[340n, request]] }), {
    ...{ epoch_ns: EPOCH_NS, tcp_ports: [], watches: [] },
  });
  expect([...wire.requests(7001).at_ns]).toEqual([340]);
});
