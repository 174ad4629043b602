import { InputError } from '../ground/errors.ts';
import { FILE_HEADER, measure, type Pcap, pcapHeader } from './pcap.ts';

/**
 * A capture (pcap-savefile(5)) in pieces of whole packets, so that only one of them is in memory.
 * @param chunks its bytes, cut anywhere.
 * @param source what messages call it: a path.
 * @yields the next piece, whose bytes hold until the one after it is asked for.
 * @throws InputError as `openPcap`, and when the last packet is not whole.
 */
export async function* pcapPieces(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  source: string,
): AsyncGenerator<Pcap> {
  const waiting = new Waiting();
  let format: ReturnType<typeof pcapHeader> | undefined;
  const before = { offset: 0, packets: 0 };
  for await (const chunk of chunks) {
    const bytes = waiting.add(chunk);
    if (!format && bytes.length < FILE_HEADER) continue;
    const first = format === undefined;
    format ??= pcapHeader(bytes, source);
    const start = first ? FILE_HEADER : 0;
    const pcap: Pcap = { bytes, ...format, packets: 0, start, end: start, truncated: false };
    measure(pcap, source, before);
    yield pcap;
    before.offset += pcap.end;
    before.packets += pcap.packets;
    waiting.drop(pcap.end);
  }
  // Reports a header that is not whole.
  if (!format) pcapHeader(waiting.bytes, source);
  if (waiting.bytes.length > 0)
    throw new InputError(`the record ${source} is cut: its last packet is not whole`);
}

/** Bytes that came and were not used, always in the same memory. */
class Waiting {
  #memory = new Uint8Array(0);
  #length = 0;

  get bytes(): Uint8Array {
    return this.#memory.subarray(0, this.#length);
  }

  add(chunk: Uint8Array): Uint8Array {
    const length = this.#length + chunk.length;
    if (length > this.#memory.length) {
      const larger = new Uint8Array(2 * length);
      larger.set(this.bytes);
      this.#memory = larger;
    }
    this.#memory.set(chunk, this.#length);
    this.#length = length;
    return this.bytes;
  }

  drop(count: number): void {
    this.#memory.copyWithin(0, count, this.#length);
    this.#length -= count;
  }
}
