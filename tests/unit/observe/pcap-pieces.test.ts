import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { framesOf } from '../../../harness/observe/frame.ts';
import { openPcap, type Pcap } from '../../../harness/observe/pcap.ts';
import { pcapPieces } from '../../../harness/observe/pcap-pieces.ts';
import { advertFrame, capture } from './builder.ts';

const AT = 1_700_000_000_000_000_000n;
const MAC = '02:00:00:00:00:12';
const whole = capture(
  Array.from({ length: 20 }, (_, n) => ({ at_ns: AT + BigInt(n), bytes: advertFrame({ mac: MAC }) })),
);

function* cut(bytes: Uint8Array, ...lengths: number[]): Generator<Uint8Array> {
  let at = 0;
  for (const length of lengths) {
    yield bytes.subarray(at, at + length);
    at += length;
  }
  yield bytes.subarray(at);
}

async function framesIn(chunks: Iterable<Uint8Array>): Promise<unknown[]> {
  const frames: unknown[] = [];
  for await (const piece of pcapPieces(chunks, 'x.pcap')) frames.push(...described(piece));
  return frames;
}

function described(pcap: Pcap): unknown[] {
  return [...framesOf(pcap, AT)].map(({ at_ns, bytes, payload_start, end }) => [
    at_ns,
    [...bytes.subarray(payload_start, end)],
  ]);
}

test('pieces hold the same frames as the whole, wherever it is cut', async () => {
  const expected = described(openPcap(whole));
  expect(expected).toHaveLength(20);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 40 }), async (lengths) => {
      expect(await framesIn(cut(whole, ...lengths))).toEqual(expected);
    }),
  );
});

test.each([
  ['nothing', 0, 'a pcap header has 24 bytes, only 0 are here'],
  ['half a header', 12, 'a pcap header has 24 bytes, only 12 are here'],
  ['half a packet', whole.length - 3, 'the record x.pcap is cut: its last packet is not whole'],
])('%s is refused', async (_, length, message) => {
  const read = framesIn(cut(whole.subarray(0, length), 30, 40));
  await expect(read).rejects.toThrow(InputError);
  await expect(read).rejects.toThrow(message);
});

test('foreign bytes are named by their place in the file', async () => {
  const packet_bytes = (whole.length - 24) / 20;
  const bytes = Uint8Array.from(whole);
  bytes.fill(0xff, 24 + 7 * packet_bytes, 24 + 7 * packet_bytes + 16);
  const message = (() => {
    try {
      openPcap(bytes, 'x.pcap');
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  })();
  expect(message).toContain(`offset ${24 + 7 * packet_bytes}: no header of packet 8`);
  await expect(framesIn(cut(bytes, 100, 100, 100))).rejects.toThrow(message);
});
