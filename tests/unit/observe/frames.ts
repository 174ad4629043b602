import { ethernetFrame, type Frame } from '../../../harness/observe/frame.ts';

/** Bytes before and behind the frame, which no parser may read. */
const AROUND = 64;

export function frameOf(bytes: readonly number[], at_ns = 42, around = 0xee): Frame {
  const surrounded = new Uint8Array(bytes.length + 2 * AROUND).fill(around);
  surrounded.set(bytes, AROUND);
  const frame = ethernetFrame(at_ns, surrounded, AROUND, AROUND + bytes.length);
  if (!frame) throw new Error('too short for a frame');
  return frame;
}
