/** `$NAME=value`; of several lines when each but the last ends with a backslash. */
export interface Definition {
  lines: string[];
  multiline: boolean;
}

/** A `$NAME` in a line that stands for something keepalived knows when it runs, and we don't. */
export class Unknowable extends Error {}

const MOST_REPLACEMENTS = 1000;
const MOST_CHARACTERS = 65_536;
const REFERENCE = /\$(?:\{([A-Za-z_]\w*)((?: +\d+)*)\}|([A-Za-z_]\w*)(?=[ \t,)]|$))/y;

/** A line with its definitions replaced, and what of a definition of several lines is still to come. */
export interface Replaced {
  text: string;
  rest: string[];
  changed: boolean;
}

/**
 * Replaces `$NAME` and `${NAME}` as keepalived does: the first only before a blank, a comma, `)` or the line's end; a
 * definition of several lines only at the line's end. Values are looked at again.
 * @throws Unknowable when a definition has no end, or only the running daemon knows the value.
 */
export function replaceDefinitions(line: string, definitions: ReadonlyMap<string, Definition>): Replaced {
  let text = line;
  let rest: string[] = [];
  let replacements = 0;
  for (let at = text.indexOf('$'); at >= 0; at = text.indexOf('$', at)) {
    const found = referenceAt(text, at, definitions);
    if (!found) {
      at += 1;
      continue;
    }
    replacements += 1;
    if (replacements > MOST_REPLACEMENTS || text.length > MOST_CHARACTERS) {
      throw new Unknowable(`'${found.reference}' has no end`);
    }
    const [first = '', ...more] = found.definition.lines;
    if (found.definition.multiline) rest = more;
    text = text.slice(0, at) + first + text.slice(at + found.reference.length);
    if (first.trimStart().startsWith('~')) break;
  }
  return { text, rest, changed: replacements > 0 };
}

function referenceAt(text: string, at: number, definitions: ReadonlyMap<string, Definition>) {
  REFERENCE.lastIndex = at;
  const [reference, braced, , bare] = REFERENCE.exec(text) ?? [];
  if (reference === undefined) return undefined;
  const name = braced ?? bare!;
  const definition = definitions.get(name);
  if (!definition && RUNNING.has(name))
    throw new Unknowable(`'${reference}' is known to the running daemon only`);
  if (!definition || (definition.multiline && at + reference.length < text.length)) return undefined;
  return { reference, definition };
}

const RUNNING = new Set(['_PWD', '_RANDOM', '_INSTANCE']);

/** Name and value of `$NAME=value`. */
export function definitionIn(line: string): { name: string; value: string } | undefined {
  const found = /^\$([A-Za-z_]\w*)=[ \t]*(.*)$/s.exec(line);
  return found ? { name: found[1]!, value: found[2]! } : undefined;
}

/** A line that is read once for each set of values. */
export interface Sequence {
  names: string[];
  values: string[][];
  text: string;
}

const MOST_VALUES = 10_000;

/** `~SEQ(NAME, START, STEP, END) text` or `~LST(NAME, a, b) text`; undefined when keepalived would not take it. */
export function sequenceIn(line: string, definitions: ReadonlyMap<string, Definition>): Sequence | undefined {
  return line.startsWith('~SEQ') ? numbersIn(line, definitions) : listIn(line);
}

function numbersIn(line: string, definitions: ReadonlyMap<string, Definition>): Sequence | undefined {
  const found = /^~SEQ(x?)[ \t]*\([ \t]*([^ \t,)]+)[ \t]*,([^)]*)\)[ \t]*(.*)$/s.exec(line);
  if (!found) return undefined;
  const [, hex, name, parameters, text] = found;
  const numbers = replaceDefinitions(parameters!, definitions).text.split(',').map(integer);
  if (numbers.some((one) => one === undefined)) return undefined;
  const range = rangeOf(numbers as number[]);
  if (!range || (hex && (range.start < 0 || range.end < 0))) return undefined;
  const { start, step, end } = range;
  const count = Math.floor((end - start) / step) + 1;
  if (count > MOST_VALUES) throw new Unknowable(`~SEQ has ${count} values`);
  const values = Array.from({ length: count }, (_, at) => [(start + at * step).toString(hex ? 16 : 10)]);
  return { names: [name!], values, text: text! };
}

function rangeOf(numbers: readonly number[]): { start: number; step: number; end: number } | undefined {
  const [one = 0, two = 0, three = 0] = numbers;
  if (numbers.length === 1) return { start: one < 0 ? -1 : 1, step: one < 1 ? -1 : 1, end: one };
  if (numbers.length === 2) return { start: one, step: one <= two ? 1 : -1, end: two };
  const wrong = two === 0 || (one < three && two < 0) || (one > three && two > 0);
  return numbers.length > 3 || wrong ? undefined : { start: one, step: two, end: three };
}

/** As strtol(3) with base 0: decimal, 0x or octal. */
function integer(text: string): number | undefined {
  const found = /^[ \t]*([+-]?)(0x[0-9a-f]+|\d+)[ \t]*$/i.exec(text);
  if (!found) return undefined;
  const digits = found[2]!;
  const value = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return found[1] === '-' ? -value : value;
}

function listIn(line: string): Sequence | undefined {
  const found = /^~LST[ \t]*\((.*?)\)[ \t]*(.*)$/s.exec(line);
  if (!found) return undefined;
  const groups = [...found[1]!.matchAll(/[ \t]*(?:\{([^}]*)\}|([^,{}]*))[ \t]*(?:,|$)/g)]
    .filter(([whole]) => whole !== '')
    .map(([, braced, bare]) => (braced ?? bare!).split(',').map((one) => one.trim()));
  const [names, ...values] = groups;
  if (!names || values.length === 0 || values.some((set) => set.length > names.length)) return undefined;
  return { names, values: values.map((set) => names.map((_, at) => set[at] ?? '')), text: found[2]! };
}
