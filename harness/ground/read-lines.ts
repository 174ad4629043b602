import { readSync } from 'node:fs';
import { type FileLimits, MIB, withRegularFile } from './read-regular-file.ts';

const NEWLINE = 0x0a;

/**
 * Reads a file of lines that somebody else wrote, line by line, with one line at a time in memory.
 * What comes after the last line end is not a line: its writer did not get to the end of it.
 * @param take gets every line without its end, and its number from 1 on.
 * @returns how many lines there were.
 * @throws InputError as `readRegularFile`; what `take` throws.
 */
export function readLines(
  file: string,
  limits: FileLimits,
  take: (line: Buffer, number: number) => void,
): number {
  return withRegularFile(file, limits, (descriptor) => {
    const chunk = Buffer.allocUnsafe(MIB);
    let begun: Buffer[] = [];
    let count = 0;
    for (;;) {
      const length = readSync(descriptor, chunk);
      if (length === 0) return count;
      let from = 0;
      for (let end = nextEnd(chunk, from, length); end >= 0; end = nextEnd(chunk, from, length)) {
        const rest = chunk.subarray(from, end);
        count += 1;
        take(begun.length > 0 ? Buffer.concat([...begun, rest]) : rest, count);
        begun = [];
        from = end + 1;
      }
      // The chunk is written over by the next read.
      begun.push(Buffer.from(chunk.subarray(from, length)));
    }
  });
}

function nextEnd(chunk: Buffer, from: number, length: number): number {
  const end = chunk.indexOf(NEWLINE, from);
  return end < length ? end : -1;
}
