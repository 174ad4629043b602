import type { InputProblem } from '../../../ground/errors.ts';
import type { HaproxyLine, HaproxyWord } from './haproxy-syntax.ts';

/** The parameters of a `server` or `default-server` line that its health checks run by, and when it gets requests. */
export interface CheckSettings {
  check: boolean;
  inter_ms: number;
  fastinter_ms: number;
  downinter_ms: number;
  rise: number;
  fall: number;
  observe: boolean;
  /** Gets requests only when none of the others can. */
  backup: boolean;
  /** Until somebody enables it, it gets none and is not checked. */
  disabled: boolean;
  /** Share of the requests; 0: none of the new ones. */
  weight: number;
  /** It is up and down with this server (`track`): `backend/name`, or `name` in its own backend. */
  track: string | undefined;
  /** The port that is checked, where it is not the server's own. */
  check_port: number | undefined;
  /** The address that is checked, where it is written down (`addr`). */
  check_address: string | undefined;
}

/** Parameters with one value each, which must not be taken for a parameter (manual §5.2). */
const WITH_VALUE = new Set(
  `agent-addr agent-inter agent-port agent-send alpn ca-file cc check-alpn check-pool-conn-name
  check-proto check-sni ciphers ciphersuites client-sigalgs cookie crl-file crt curves error-limit guid hash-key
  healthcheck id idle-ping init-addr init-state interface ktls log-bufsize log-proto max-reuse maxconn maxqueue
  minconn namespace npn on-error on-marked-down on-marked-up pool-conn-name pool-low-conn pool-max-conn
  pool-purge-delay proto proxy-v2-options quic-cc-algo redir resolve-net resolve-opts resolve-prefer
  resolvers shard sigalgs slowstart sni socks4 source ssl-max-ver ssl-min-ver tcp-md5sig tcp-ut usesrc
  verify verifyhost ws`.split(/\s+/),
);

/** Parameters without a value. */
const FLAGS: Record<string, Partial<CheckSettings>> = {
  check: { check: true },
  'no-check': { check: false },
  backup: { backup: true },
  'no-backup': { backup: false },
  disabled: { disabled: true },
  enabled: { disabled: false },
};

const MOST_MS = 2 ** 31 - 1;
const UNIT_MS: Record<string, number> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** HAProxy's defaults: 2 s between checks, up after 2, down after 3; the other two pauses as `inter`. */
export function completeSettings(given: Partial<CheckSettings>): CheckSettings {
  const inter_ms = given.inter_ms ?? 2000;
  return {
    check: given.check ?? false,
    inter_ms,
    fastinter_ms: given.fastinter_ms ?? inter_ms,
    downinter_ms: given.downinter_ms ?? inter_ms,
    rise: given.rise ?? 2,
    fall: given.fall ?? 3,
    observe: given.observe ?? false,
    backup: given.backup ?? false,
    disabled: given.disabled ?? false,
    weight: given.weight ?? 1,
    track: given.track,
    check_port: given.check_port,
    check_address: given.check_address,
  };
}

/** Values out of the lines of one file; what is wrong goes into `problems`. */
export class HaproxyValues {
  readonly file: string;
  readonly problems: InputProblem[];

  constructor(file: string, problems: InputProblem[]) {
    this.file = file;
    this.problems = problems;
  }

  problem(word: HaproxyWord, message: string): void {
    this.problems.push({ message, position: { file: this.file, line: word.line, column: word.column } });
  }

  /** The parameters from word `start` on. */
  settings(line: HaproxyLine, start: number): Partial<CheckSettings> {
    const found: Partial<CheckSettings> = {};
    for (let at = start; at < line.length; at += 1) {
      const name = line[at]!.text;
      const flag = FLAGS[name];
      if (flag) Object.assign(found, flag);
      else if (name === 'inter' || name === 'fastinter' || name === 'downinter') {
        const ms = this.time(line, ++at);
        if (ms !== undefined) found[`${name}_ms`] = ms;
      } else if (name === 'rise' || name === 'fall') {
        const count = this.integer(line, ++at, 1, MOST_MS);
        if (count !== undefined) found[name] = count;
      } else if (name === 'observe') {
        found.observe = line[++at]?.text !== 'none';
      } else if (name === 'weight') {
        const weight = this.integer(line, ++at, 0, 256);
        if (weight !== undefined) found.weight = weight;
      } else if (name === 'port') {
        const port = this.integer(line, ++at, 1, 65_535);
        if (port !== undefined) found.check_port = port;
      } else if (name === 'addr') {
        found.check_address = line[++at]?.text;
      } else if (name === 'track') {
        found.track = line[++at]?.text;
      } else if (WITH_VALUE.has(name)) at += 1;
    }
    return found;
  }

  /** A timeout of a proxy at word `at` in ms: 0 is as good as none. */
  timeout(line: HaproxyLine, at: number): number | undefined {
    return /^0+(?:us|ms|s|m|h|d)?$/.test(line[at]?.text ?? '') ? undefined : this.time(line, at);
  }

  /** A time at word `at` in ms: bare ms, or with us, ms, s, m, h, d (manual §2.5); more than 0. */
  time(line: HaproxyLine, at: number): number | undefined {
    const word = this.known(line, at);
    if (!word) return undefined;
    // What follows the unit is ignored, with a warning: 1m30s is a minute.
    const match = /^(\d{1,10})(?:(us|ms|[smhd]).*)?$/s.exec(word.text);
    const ms = match ? Math.ceil(Number(match[1]) * UNIT_MS[match[2] ?? 'ms']!) : 0;
    if (ms > 0 && ms <= MOST_MS) return ms;
    const name = line[at - 1]!.text;
    this.problem(word, `${name} must be a time from 1 ms to 24 days, like 500, 2s or 1m, not '${word.text}'`);
    return undefined;
  }

  integer(line: HaproxyLine, at: number, low: number, high: number): number | undefined {
    const word = this.known(line, at);
    if (!word) return undefined;
    // HAProxy takes the digits that a count begins with (atol), drops the rest, and takes none for 0.
    const value = Number.parseInt(word.text, 10) || 0;
    if (value >= low && value <= high) return value;
    const name = line[at - 1]!.text;
    if (value > MOST_MS) {
      this.problem(word, `${name} ${word.text} is not followed: it is beyond ${MOST_MS}`);
      return undefined;
    }
    this.problem(word, `${name} must be a whole number from ${low} to ${high}, not '${word.text}'`);
    return undefined;
  }

  private known(line: HaproxyLine, at: number): HaproxyWord | undefined {
    const word = line[at];
    if (word && !word.variable) return word;
    const before = line[at - 1]!;
    if (word) this.problem(word, `'${word.text}' is not followed: write the value into the file itself`);
    else this.problem(before, `${before.text} needs a value`);
    return undefined;
  }
}
