import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { InputError } from '../../../harness/ground/errors.ts';
import { gunzip, gunzipPieces, gzip, gzipPieces } from '../../../harness/ground/gzip.ts';
import { MIB } from '../../../harness/ground/read-regular-file.ts';

async function* pieces(...parts: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

async function joined(parts: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

const content = Buffer.from('a line of a record\n'.repeat(100_000));

test('what is packed in pieces is unpacked in pieces', async () => {
  const packed = await joined(gzipPieces(pieces(content.subarray(0, 7), content.subarray(7))));
  expect(gunzipSync(packed).equals(content)).toBe(true);
  const parts = [packed.subarray(0, 3), packed.subarray(3, 500), packed.subarray(500)];
  expect((await joined(gunzipPieces(parts, 'x', 2 * MIB))).equals(content)).toBe(true);
  expect(gunzip(gzip(content), 'x', 2 * MIB).equals(content)).toBe(true);
});

test('the memory of a piece may be used again for the next one', async () => {
  const packed = gzip(content);
  function* inOneMemory(): Generator<Uint8Array> {
    const memory = new Uint8Array(100);
    for (let at = 0; at < packed.length; at += 100) {
      const part = packed.subarray(at, at + 100);
      memory.set(part);
      yield memory.subarray(0, part.length);
    }
  }
  expect((await joined(gunzipPieces(inOneMemory(), 'x', 2 * MIB))).equals(content)).toBe(true);
});

test('an error while the content is made is passed on', async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield content;
    throw new InputError('the connection is gone');
  }
  await expect(joined(gzipPieces(broken()))).rejects.toThrow('the connection is gone');
});

test('no more is unpacked than the most that is read', async () => {
  const bomb = gzip(Buffer.alloc(3 * MIB));
  const words = 'the record x holds more than 2 MiB, the most that is read';
  expect(() => gunzip(bomb, 'x', 2 * MIB)).toThrow(words);
  await expect(joined(gunzipPieces([bomb], 'x', 2 * MIB))).rejects.toThrow(words);
});
