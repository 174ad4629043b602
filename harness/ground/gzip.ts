import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip, gunzipSync, gzipSync } from 'node:zlib';
import { InputError, messageOf } from './errors.ts';
import { MIB } from './read-regular-file.ts';

/** What a compressed file's name ends in. */
export const GZIP_ENDING = '.gz';
/** A twentieth less room than the quickest, for a third more time; the default takes three times as long as this one. */
const LEVEL = 3;
const PIECE_BYTES = MIB / 4;

/** The bytes as a gzip file (RFC 1952), which zcat and Wireshark read. */
export function gzip(content: Uint8Array): Buffer {
  return gzipSync(content, { level: LEVEL });
}

/** The same of what comes in pieces, by another thread. */
export async function* gzipPieces(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const packer = createGzip({ level: LEVEL });
  const feeding = pipeline(pieces, packer);
  // Whoever reads the packer meets the error.
  feeding.catch(() => undefined);
  yield* packer as AsyncIterable<Uint8Array>;
  await feeding;
}

/**
 * What a gzip file holds.
 * @param source what messages call it: a path.
 * @throws InputError when it is none, is cut or damaged, or holds more than `max_bytes`.
 */
export function gunzip(content: Uint8Array, source: string, max_bytes: number): Buffer {
  try {
    return gunzipSync(content, { maxOutputLength: max_bytes });
  } catch (error) {
    throw notWhole(source, error, max_bytes);
  }
}

/** The same in pieces. */
export async function* gunzipPieces(
  pieces: Iterable<Uint8Array>,
  source: string,
  max_bytes: number,
): AsyncGenerator<Uint8Array> {
  const unpacker = createGunzip({ chunkSize: PIECE_BYTES });
  const feeding = pipeline(copies(pieces), unpacker);
  let total = 0;
  try {
    for await (const piece of unpacker as AsyncIterable<Uint8Array>) {
      total += piece.length;
      if (total > max_bytes) throw tooMuch(source, max_bytes);
      yield piece;
    }
    await feeding;
  } catch (error) {
    throw notWhole(source, error, max_bytes);
  } finally {
    await feeding.catch(() => undefined);
  }
}

/** Each in memory of its own: the unpacker takes them when it has time. */
function* copies(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  for (const piece of pieces) yield Uint8Array.from(piece);
}

function notWhole(source: string, error: unknown, max_bytes: number): InputError {
  if (error instanceof InputError) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooMuch(source, max_bytes);
  return new InputError(`the record ${source} is cut, or is not a gzip file: ${messageOf(error)}`);
}

function tooMuch(source: string, max_bytes: number): InputError {
  return new InputError(
    `the record ${source} holds more than ${Math.floor(max_bytes / MIB)} MiB, the most that is read`,
  );
}
