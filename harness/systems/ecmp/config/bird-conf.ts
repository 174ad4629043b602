import { InputError, type InputProblem } from '../../../ground/errors.ts';
import { type BirdStatement, parseBirdSyntax } from './bird-syntax.ts';

/** What BFD runs with on an interface (RFC 5880 §6.8.1). */
export interface BfdTimers {
  min_rx_ms: number;
  min_tx_ms: number;
  multiplier: number;
}

/** A BGP session of a bird.conf, what its template says filled in. */
export interface BirdBgp {
  name: string;
  local: string | undefined;
  neighbor: string | undefined;
  hold_ms: number;
  /** How often it says that it lives, in ms; undefined: a third of the hold time that both agree on. */
  keepalive_ms: number | undefined;
  bfd: boolean;
  /** Whether it tells its neighbour of any route: without a word on it BIRD does not. */
  exports: boolean;
}

/** What a bird.conf says of who announces what, and of when the silence of a neighbour is found. */
export interface BirdConf {
  bgp: readonly BirdBgp[];
  /** Patterns of interface names, of which the first that fits counts. */
  bfd: readonly { interfaces: readonly string[]; timers: BfdTimers }[];
  /** Whether a protocol writes routes into the kernel. */
  to_kernel: boolean;
  /** What is not followed, in a clause each: a bound that rests on it is not known. */
  unfollowed: readonly string[];
}

/** BIRD's defaults (user's guide, 6.2 and 6.3). */
const BFD_DEFAULTS: BfdTimers = { min_rx_ms: 10, min_tx_ms: 100, multiplier: 5 };
const HOLD_MS = 240_000;
const MS = { s: 1000, ms: 1, us: 0.001 } as const;

/**
 * Reads a bird.conf (BIRD 2) as far as bounds rest on it: BGP sessions, BFD's timers, the kernel's table. Whether BIRD takes
 * the file, `bird -p` in the node says.
 * @throws InputError for a bracket or a string without its end, each with file, line and column.
 */
export function parseBirdConf(text: string, file: string): BirdConf {
  const problems: InputProblem[] = [];
  const statements = parseBirdSyntax(text, file, problems);
  if (problems.length > 0) throw new InputError(problems);
  const unfollowed = statements.flatMap(({ words: [first] }) =>
    first.text === 'include' ? ["'include'"] : [],
  );
  const templates = new Map(
    statements.filter((one) => isOf(one, 'template', 'bgp')).map((one) => [one.words[2]?.text ?? '', one]),
  );
  const protocols = (kind: string) => statements.filter((one) => isOf(one, 'protocol', kind));
  const bfd = protocols('bfd').flatMap(({ block }) => block ?? []);
  return {
    bgp: protocols('bgp').map((one) => bgpOf(one, templates, unfollowed)),
    bfd: bfd.flatMap((one) => bfdInterface(one, unfollowed)),
    to_kernel: protocols('kernel').some(({ block }) => block?.some(exports)),
    unfollowed,
  };
}

function isOf({ words }: BirdStatement, first: string, kind: string): boolean {
  return words[0].text === first && words[1]?.text === kind;
}

/** A channel, or the protocol itself, that exports something. */
function exports({ words, block }: BirdStatement): boolean {
  if (words[0].text === 'export') return words[1]?.text !== 'none';
  return block?.some(exports) ?? false;
}

function bgpOf(
  { words, block }: BirdStatement,
  templates: ReadonlyMap<string, BirdStatement>,
  unfollowed: string[],
): BirdBgp {
  const from = words.findIndex(({ text }) => text === 'from');
  const template = from > 0 ? templates.get(words[from + 1]?.text ?? '') : undefined;
  const own = [...(template?.block ?? []), ...(block ?? [])];
  /** The last word on it: a protocol's own stand behind its template's. */
  const said = (...names: string[]) =>
    own.findLast((one) => names.every((name, at) => one.words[at]?.text === name));
  const seconds = (...names: string[]) => {
    const text = said(...names)?.words[names.length]?.text;
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isFinite(value)) return value * MS.s;
    unfollowed.push(`'${names.join(' ')} ${text}'`);
    return undefined;
  };
  const hold_ms = seconds('hold', 'time') ?? HOLD_MS;
  const bfd = said('bfd');
  if (bfd?.block) unfollowed.push("'bfd { ... }' of a BGP session");
  const name = words[2]?.text;
  return {
    name: name === undefined || name === 'from' ? 'bgp' : name,
    local: said('local')?.words[1]?.text,
    neighbor: said('neighbor')?.words[1]?.text,
    hold_ms,
    keepalive_ms: seconds('keepalive', 'time'),
    exports: own.some(exports),
    bfd: bfd !== undefined && !['off', 'no', 'false'].includes(bfd.words[1]?.text ?? 'on'),
  };
}

function bfdInterface(
  { words, block }: BirdStatement,
  unfollowed: string[],
): { interfaces: string[]; timers: BfdTimers }[] {
  if (words[0].text !== 'interface') return [];
  const interfaces = words.slice(1).flatMap(({ text }) => (text === ',' ? [] : [text]));
  const timers = { ...BFD_DEFAULTS };
  for (const { words: own } of block ?? []) {
    const said = own.map(({ text }) => text).join(' ');
    const [, what, value, unit] =
      /^(interval|min (?:rx|tx) interval|multiplier) ([\d.]+)(?: (s|ms|us))?$/.exec(said) ?? [];
    if (what === undefined) {
      if (/^(?:interval|min |multiplier)/.test(said)) unfollowed.push(`'${said}'`);
      continue;
    }
    if (what === 'multiplier') {
      timers.multiplier = Number(value);
      continue;
    }
    const ms = Number(value) * MS[(unit ?? 's') as keyof typeof MS];
    if (!what.startsWith('min tx')) timers.min_rx_ms = ms;
    if (!what.startsWith('min rx')) timers.min_tx_ms = ms;
  }
  return [{ interfaces, timers }];
}

/** What BFD runs with on an interface: of the first pattern that fits, or BIRD's defaults where the file names none. */
export function bfdTimersOn({ bfd }: Pick<BirdConf, 'bfd'>, name: string): BfdTimers {
  const fits = (pattern: string) =>
    new RegExp(
      `^${pattern
        .replace(/[.+^$()|[\]\\{}]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`,
    ).test(name);
  return bfd.find(({ interfaces }) => interfaces.some(fits))?.timers ?? BFD_DEFAULTS;
}
