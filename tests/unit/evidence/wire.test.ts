import { expect, test } from 'vitest';
import type { SegmentCapture } from '../../../harness/evidence/wire.ts';
import { readWire } from '../../../harness/evidence/wire.ts';
import { openPcap } from '../../../harness/observe/pcap.ts';
import { advertFrame, capture, ethernet, garpFrame, ipv4, udp } from '../observe/builder.ts';
import { from_server, RST } from '../observe/conversation.ts';
import { segmentFrame } from '../observe/message-builder.ts';

const EPOCH_NS = 1_700_000_000_000_000_000n;
const MAC = '02:00:00:00:00:12';

async function* captures(bySegment: Record<string, [at_ns: bigint, bytes: number[]][]>) {
  for (const [segment, packets] of Object.entries(bySegment)) {
    const bytes = capture(packets.map(([at_ns, one]) => ({ at_ns: EPOCH_NS + at_ns, bytes: one })));
    yield { segment, pcap: openPcap(bytes, segment) } satisfies SegmentCapture;
  }
}

test('every segment is looked at once, for everything, on the lab’s clock', async () => {
  const probe = ethernet(0x0800, ipv4(17, udp(40_000, 7001, [1])), { source: MAC });
  const [, reset] = from_server(0, { seq: 1, ack: 1, flags: RST });
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
    { epoch_ns: EPOCH_NS, fault_ns: 300, udp_ports: [7001], tcp_ports: [80], watches: [], macs: [MAC] },
  );
  expect(wire.frames).toBe(6);
  expect(wire.vrrp.adverts.map(({ at_ns }) => at_ns)).toEqual([100]);
  expect(wire.vrrp.garps.map(({ at_ns }) => at_ns)).toEqual([200]);
  expect(wire.forwarding.of([MAC])).toEqual({ request_ns: 340, answer_ns: undefined });
  expect(wire.tcp.resetConnections(0, 1000)).toBe(1);
});
