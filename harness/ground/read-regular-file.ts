import { closeSync, constants, fstatSync, openSync, readSync, statfsSync, statSync } from 'node:fs';
import { InputError, messageOf } from './errors.ts';

/** What a file that somebody else wrote may be. */
export interface FileLimits {
  /** The largest size that is read, in bytes. */
  max_bytes: number;
  /** How messages call it: `record of a trial`. */
  what?: string;
  /** Refuses a symbolic link in place of the file itself: in a folder that came from elsewhere. */
  no_link?: boolean;
}

export const MIB = 1024 * 1024;
const PIECE_BYTES = MIB / 4;
/** Of a daemon's configuration file. */
export const MAX_CONFIGURATION_BYTES = 4 * MIB;

/** statfs(2): file systems whose files the kernel makes up while they are read. */
const KERNEL_FILE_SYSTEMS = new Set([0x9fa0, 0x62656572]);

/**
 * Reads a whole file that somebody else wrote. It never waits for a writer, and never reads more than the limit:
 * only a regular file is opened, and without blocking (open(2), O_NONBLOCK).
 * @throws InputError with the file and what to do, when it is not there, can't be read, is not a regular file, or is
 *   too large. Its `cause` is the error of the system call, if there was one.
 */
export function readRegularFile(file: string, limits: FileLimits): Buffer {
  return withRegularFile(file, limits, (descriptor) => readBounded(file, descriptor, limits));
}

/**
 * Opens such a file in the same way, for `work`, and closes it again.
 * @throws InputError as `readRegularFile`, and for an error of a system call in `work`.
 */
export function withRegularFile<T>(file: string, limits: FileLimits, work: (descriptor: number) => T): T {
  try {
    const descriptor = openChecked(file, limits);
    try {
      return work(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw readingError(file, limits, error);
  }
}

/**
 * The bytes of such a file in order, each piece in the same memory: it holds until the next one is asked for.
 * @throws InputError as `readRegularFile`.
 */
export function* regularFilePieces(file: string, limits: FileLimits): Generator<Buffer> {
  let descriptor: number | undefined;
  try {
    descriptor = openChecked(file, limits);
    const memory = Buffer.allocUnsafe(PIECE_BYTES);
    let total = 0;
    for (;;) {
      const length = readSync(descriptor, memory);
      if (length === 0) return;
      total += length;
      if (total > limits.max_bytes) throw refusal(file, tooLarge(limits, total));
      yield memory.subarray(0, length);
    }
  } catch (error) {
    throw readingError(file, limits, error);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function openChecked(file: string, limits: FileLimits): number {
  refuseKind(file, statSync(file), limits);
  const descriptor = openSync(file, flagsOf(limits));
  try {
    // What was looked at may have been replaced since.
    refuseKind(file, fstatSync(descriptor), limits);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

function readingError(file: string, limits: FileLimits, error: unknown): InputError {
  if (error instanceof InputError) return error;
  return new InputError([{ message: unreadable(error, limits), position: { file } }], { cause: error });
}

/** The same as text in UTF-8; what is not UTF-8 becomes U+FFFD. */
export function readRegularText(file: string, limits: FileLimits): string {
  return readRegularFile(file, limits).toString('utf8');
}

/** The system call's error code behind a refusal: `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  const cause = error instanceof InputError ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
}

function flagsOf({ no_link }: FileLimits): number {
  return (
    constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY | (no_link ? constants.O_NOFOLLOW : 0)
  );
}

interface Kind {
  size: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

function refuseKind(file: string, info: Kind, limits: FileLimits): void {
  if (info.isDirectory()) throw refusal(file, 'is a directory, not a file');
  if (!info.isFile()) throw refusal(file, 'is a device, pipe or socket, not a file: give a regular file');
  if (info.size > limits.max_bytes) throw refusal(file, tooLarge(limits, info.size));
  if (info.size === 0 && KERNEL_FILE_SYSTEMS.has(statfsSync(file).type)) {
    throw refusal(file, 'is made up by the kernel while it is read: give a regular file');
  }
}

function readBounded(file: string, descriptor: number, limits: FileLimits): Buffer {
  const chunks: Buffer[] = [];
  for (let total = 0; ; ) {
    // The size is not to be relied on: the file may grow meanwhile.
    const left = limits.max_bytes + 1 - total;
    const chunk = Buffer.allocUnsafe(Math.min(left, total === 0 ? firstChunk(descriptor) : MIB));
    const length = readSync(descriptor, chunk);
    if (length === 0) return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    total += length;
    if (total > limits.max_bytes) throw refusal(file, tooLarge(limits, total));
    chunks.push(chunk.subarray(0, length));
  }
}

/** The whole of most files in one read. */
function firstChunk(descriptor: number): number {
  return Math.max(4096, fstatSync(descriptor).size);
}

function tooLarge({ max_bytes }: FileLimits, size: number): string {
  const limit = max_bytes % MIB === 0 ? `${max_bytes / MIB} MiB` : `${max_bytes} bytes`;
  return `is larger than ${limit}, the most that is read (${Math.ceil(size / MIB)} MiB)`;
}

function unreadable(error: unknown, { what = 'file' }: FileLimits): string {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return `no such ${what}`;
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read (permission denied)';
  if (code === 'ELOOP') return 'is a symbolic link: give the file itself';
  return `cannot be read: ${messageOf(error)}`;
}

function refusal(file: string, message: string): InputError {
  return new InputError([{ message, position: { file } }]);
}
