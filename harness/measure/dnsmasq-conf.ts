import { InputError, type InputProblem, type Position } from '../ground/errors.ts';
import { type DnsmasqRange, durationSeconds, rangeOf } from './dnsmasq-range.ts';

export type { DnsmasqRange } from './dnsmasq-range.ts';

/** A forced T1 or T2: `dhcp-option` 58 or 59. */
export interface DnsmasqTimerOption {
  option: 't1' | 't2';
  seconds: number;
  /** All of them must be set for a client; none: it holds for all. */
  tags: string[];
}

/** What dnsmasq's options say about leases. */
export interface DnsmasqConf {
  /** IPv4 ranges, in the order given. */
  ranges: DnsmasqRange[];
  timers: DnsmasqTimerOption[];
  /** Answers for leases it does not know, instead of keeping silent. */
  authoritative: boolean;
  /** No lease file is written. */
  leasefile_ro: boolean;
}

/** One option as given: `dhcp-range` and what stands behind the `=`. */
interface Given {
  name: string;
  value: string | undefined;
  position: Position;
}

const SHORT: Record<string, string> = {
  F: 'dhcp-range',
  O: 'dhcp-option',
  K: 'dhcp-authoritative',
  9: 'leasefile-ro',
};
const WITH_VALUE = new Set(['dhcp-range', 'dhcp-option', 'dhcp-option-force']);
const TIMER: Record<string, 't1' | 't2'> = { 58: 't1', 59: 't2', 'option:T1': 't1', 'option:T2': 't2' };

/**
 * Reads a dnsmasq.conf: dnsmasq's long options, one a line, without the dashes (dnsmasq(8), CONFIG FILE).
 * @throws InputError with file:line for what dnsmasq would refuse, and for `conf-file` and `conf-dir`.
 */
export function parseDnsmasqConf(text: string, file: string): DnsmasqConf {
  const given = text.split(/\r?\n/).flatMap((source, index): Given[] => {
    const bare = source.replace(/(^|\s)#.*$/s, '').trim();
    const [, name, value] = /^([^=\s]*)\s*(?:=\s*(.*))?$/s.exec(bare) ?? [];
    return name ? [{ name, value: unquote(value), position: { file, line: index + 1 } }] : [];
  });
  return confOf(given);
}

/**
 * Reads dnsmasq's command line: `--dhcp-range=…`, `--dhcp-range …`, `-F …`, `-F…`.
 * @param command Named in errors: the file or node that the command is from.
 * @throws InputError for what dnsmasq would refuse, and for `--conf-file` and `--conf-dir`.
 */
export function parseDnsmasqArgs(args: readonly string[], command: string): DnsmasqConf {
  const given: Given[] = [];
  const position = { file: command };
  for (let at = 0; at < args.length; at += 1) {
    const [, long, value] = /^--([^=]+)(?:=(.*))?$/s.exec(args[at]!) ?? [];
    const [, short, attached] = /^-([A-Za-z0-9])(.*)$/s.exec(args[at]!) ?? [];
    const name = long ?? SHORT[short ?? ''];
    if (name === undefined) continue;
    const own = value ?? (attached || undefined);
    const next = own === undefined && WITH_VALUE.has(name) ? args[++at] : undefined;
    given.push({ name, value: own ?? next, position });
  }
  return confOf(given);
}

function unquote(value: string | undefined): string | undefined {
  return value?.replace(/^"(.*)"$/s, '$1');
}

function confOf(given: readonly Given[]): DnsmasqConf {
  const problems: InputProblem[] = [];
  const conf: DnsmasqConf = { ranges: [], timers: [], authoritative: false, leasefile_ro: false };
  for (const { name, value, position } of given) {
    const report = (message: string) => problems.push({ message, position });
    if (name === 'dhcp-range') {
      const range = rangeOf(value ?? '', report);
      if (range) conf.ranges.push(range);
    } else if (name === 'dhcp-option' || name === 'dhcp-option-force') {
      const timer = timerOf(value ?? '', report);
      if (timer) conf.timers.push(timer);
    } else if (name === 'dhcp-authoritative') conf.authoritative = true;
    else if (name === 'leasefile-ro') conf.leasefile_ro = true;
    else if (name === 'conf-file' || name === 'conf-dir') {
      report(`'${name}' is not followed: give the file itself`);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return conf;
}

function timerOf(value: string, report: (message: string) => void): DnsmasqTimerOption | undefined {
  const words = value.split(',').map((word) => word.trim());
  const tags = words.filter((word) => /^(tag|net):/.test(word)).map((word) => word.slice(4));
  const [code = '', time, ...rest] = words.filter((word) => !/^(tag|net):/.test(word));
  const option = TIMER[code];
  if (!option) return undefined;
  const seconds = durationSeconds(time ?? '');
  if (seconds !== undefined && rest.length === 0) return { option, seconds, tags };
  report(`${code} must be a time in seconds, like ${code},60, not '${value.slice(0, 80)}'`);
  return undefined;
}
