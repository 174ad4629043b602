import type { WireRequest } from '../measure/wire-outage.ts';
import type { Frame } from '../observe/frame.ts';
import { udpOf } from '../observe/udp.ts';

/** A UDP probe's datagram: magic, sender, number, time of sending, time at the echo (0 on the way out). */
const MAGIC = 'HDU1';
const SIZE = 36;
const SEQ_AT = 12;
const ECHOED_AT = 28;

/** The requests of UDP probes in a capture, in order of their frames, each with the moment of its answer's. */
export function wireRequests(frames: Iterable<Frame>): WireRequest[] {
  const requests: WireRequest[] = [];
  const open = new Map<string, WireRequest>();
  for (const frame of frames) {
    const payload = udpOf(frame)?.payload;
    if (payload?.length !== SIZE) continue;
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, SIZE);
    if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) continue;
    const flow = bytes.toString('hex', MAGIC.length, SEQ_AT);
    const key = `${flow} ${bytes.readBigUInt64BE(SEQ_AT)}`;
    if (bytes.readBigInt64BE(ECHOED_AT) === 0n) {
      const request: WireRequest = { flow, at_ns: frame.at_ns, answered_ns: null };
      requests.push(request);
      open.set(key, request);
      continue;
    }
    const request = open.get(key);
    if (request) request.answered_ns = frame.at_ns;
    open.delete(key);
  }
  return requests;
}
