import { createHash } from 'node:crypto';

/** What the lines of a folder that is sent through a log begin with: others stand between them. */
const MARK = 'hadrill-fleet/1';
/** Of each line: engines cut lines of a log at 16 KiB (Docker, daemon/logger/copier.go), and base64 makes four of three. */
const BYTES_PER_LINE = 9000;

/** Bytes as lines of a log, each with its number; the first one says how much there is, so that a cut is noticed. */
export function* linesOf(bytes: Buffer): Generator<string> {
  const lines = Math.ceil(bytes.length / BYTES_PER_LINE);
  yield `${MARK} 0 ${lines} ${bytes.length} ${digestOf(bytes)}`;
  for (let at = 0; at < lines; at += 1) {
    const piece = bytes.subarray(at * BYTES_PER_LINE, (at + 1) * BYTES_PER_LINE);
    yield `${MARK} ${at + 1} ${piece.toString('base64')}`;
  }
}

/**
 * The bytes that lines of a log are of, in whatever order they come.
 * @returns a sentence about what is missing or wrong where they are not whole.
 */
export function bytesOf(lines: Iterable<string>): Buffer | string {
  let head: string | undefined;
  const pieces: Buffer[] = [];
  for (const line of lines) {
    const [mark, number, rest = ''] = splitLine(line);
    if (mark !== MARK) continue;
    if (number === '0') head = rest;
    else pieces[Number(number) - 1] = Buffer.from(rest, 'base64');
  }
  if (head === undefined) return 'its log does not have the line that results begin with';
  const [count = '', length = '', digest = ''] = head.split(' ');
  const there = pieces.filter((piece) => piece !== undefined).length;
  if (there < Number(count)) return `its log has ${there} of ${count} lines of the results`;
  const bytes = Buffer.concat(pieces.slice(0, Number(count)));
  if (bytes.length !== Number(length))
    return `the results in its log have ${bytes.length} bytes instead of ${length}`;
  return digestOf(bytes) === digest ? bytes : 'the results in its log are damaged: their SHA-256 is another';
}

function splitLine(line: string): string[] {
  const first = line.indexOf(' ');
  const second = line.indexOf(' ', first + 1);
  return first < 0 || second < 0
    ? []
    : [line.slice(0, first), line.slice(first + 1, second), line.slice(second + 1).trimEnd()];
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
