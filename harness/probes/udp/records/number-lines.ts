import { InputError } from '../../../ground/errors.ts';
import { NumberColumn } from '../../../ground/number-column.ts';

const [COMMA, LINE_END, ZERO, NINE] = [0x2c, 0x0a, 0x30, 0x39];
/** Any number of so many digits is exact. */
const MOST_DIGITS = 15;

export interface NumberLines {
  header: string;
  /** So many fields of each line, the first ones, may not be empty. */
  needed: number;
  /** How messages call one of these records: `of the UDP probe records is not a record`. */
  wrong: string;
}

/**
 * The columns of a CSV of whole numbers, read where its bytes are: there can be a million lines. An empty field is NaN.
 * @throws InputError naming the line that is none of these.
 */
export function numberColumns(csv: Uint8Array, { header, needed, wrong }: NumberLines): Float64Array[] {
  const end = trimmedEnd(csv);
  const columns = header.split(',').map(() => new NumberColumn(Math.ceil(end / 16)));
  let line = 2;
  for (let at = header.length + 1; at < end; line += 1) {
    const next = fastLine(csv, at, end, columns, needed);
    if (next >= 0) {
      at = next;
      continue;
    }
    const until = lineEnd(csv, at, end);
    slowLine(textOf(csv, at, until), columns, needed, `line ${line} ${wrong}`);
    at = until + 1;
  }
  return columns.map((column) => column.values());
}

/** Whether the first line is this one. */
export function startsWith(csv: Uint8Array, header: string): boolean {
  const end = trimmedEnd(csv);
  return textOf(csv, 0, Math.min(lineEnd(csv, 0, end), header.length + 1)) === header;
}

/** Numbers of digits alone. @returns where the next line begins; -1, and nothing is added, for any other line. */
function fastLine(
  csv: Uint8Array,
  from: number,
  end: number,
  columns: readonly NumberColumn[],
  needed: number,
): number {
  const fields = FIELDS;
  let at = from;
  for (let field = 0; field < columns.length; field += 1) {
    let value = 0;
    const first = at;
    for (; at < end && csv[at]! >= ZERO && csv[at]! <= NINE; at += 1) value = value * 10 + csv[at]! - ZERO;
    if (at - first > MOST_DIGITS || (at === first && field < needed)) return -1;
    fields[field] = at === first ? Number.NaN : value;
    const last = field === columns.length - 1;
    if (last ? at < end && csv[at] !== LINE_END : at >= end || csv[at] !== COMMA) return -1;
    at += 1;
  }
  for (let field = 0; field < columns.length; field += 1) columns[field]!.push(fields[field]!);
  return at;
}

/** Of the line at hand. */
const FIELDS = new Float64Array(8);

/** A line that is not written as the probes write it, and may be one all the same: `-5`, or with spaces. */
function slowLine(line: string, columns: readonly NumberColumn[], needed: number, what: string): void {
  const fields = line.split(',');
  const numbers = fields.map(Number);
  const whole = fields.length === columns.length && numbers.every(Number.isSafeInteger);
  if (!whole || fields.slice(0, needed).includes('')) {
    throw new InputError(`${what}: '${line.slice(0, 80)}'`);
  }
  for (const [field, column] of columns.entries())
    column.push(fields[field] === '' ? Number.NaN : numbers[field]!);
}

function lineEnd(csv: Uint8Array, from: number, end: number): number {
  const found = csv.indexOf(LINE_END, from);
  return found < 0 || found > end ? end : found;
}

/** Behind the last byte that is not white space. */
function trimmedEnd(csv: Uint8Array): number {
  let end = csv.length;
  while (end > 0 && csv[end - 1]! <= 0x20) end -= 1;
  return end;
}

function textOf(csv: Uint8Array, from: number, to: number): string {
  return new TextDecoder().decode(csv.subarray(from, to));
}
