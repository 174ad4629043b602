import { InputError, type InputProblem, type Position } from '../../../ground/errors.ts';
import { type DnsmasqRange, durationSeconds, rangeOf } from './dnsmasq-range.ts';
import { type DnsmasqGiven, dnsmasqLines, dnsmasqWords } from './dnsmasq-syntax.ts';

export type { DnsmasqRange } from './dnsmasq-range.ts';

/** A forced T1 or T2: `dhcp-option` 58 or 59. */
export interface DnsmasqTimerOption {
  option: 't1' | 't2';
  seconds: number;
  /** All of them must be set for a client; none: it holds for all. */
  tags: string[];
}

/** How long dnsmasq waits before it offers. */
export interface DnsmasqReplyDelay {
  seconds: number;
  /** All of them must be set for a client; none: it holds where no other one does. */
  tags: string[];
  position: Position;
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
  reply_delays: DnsmasqReplyDelay[];
  /** Addresses are offered without a ping before. */
  no_ping: boolean;
}

const TIMER: Record<string, 't1' | 't2'> = { 58: 't1', 59: 't2', 'option:T1': 't1', 'option:T2': 't2' };

/**
 * Reads a dnsmasq.conf that stands for itself.
 * @throws InputError with file:line for what dnsmasq would refuse, and for `conf-file` and `conf-dir`.
 */
export function parseDnsmasqConf(text: string, file: string): DnsmasqConf {
  const problems: InputProblem[] = [];
  const given = dnsmasqLines(text, file, problems);
  return whole(given, problems);
}

/**
 * Reads dnsmasq's command line, which stands for itself.
 * @param command Named in errors: the file or node that the command is from.
 * @throws InputError for what dnsmasq would refuse, and for `--conf-file` and `--conf-dir`.
 */
export function parseDnsmasqArgs(args: readonly string[], command: string): DnsmasqConf {
  return whole(dnsmasqWords(args, command), []);
}

function whole(given: readonly DnsmasqGiven[], problems: InputProblem[]): DnsmasqConf {
  for (const { name, position } of given) {
    if (name === 'conf-file' || name === 'conf-dir')
      problems.push({ message: `'${name}' is not followed: give the file itself`, position });
  }
  const conf = dnsmasqConf(given, problems);
  if (problems.length > 0) throw new InputError(problems);
  return conf;
}

/**
 * What options say of leases.
 * @param problems gets what dnsmasq would refuse.
 */
export function dnsmasqConf(given: readonly DnsmasqGiven[], problems: InputProblem[]): DnsmasqConf {
  const conf: DnsmasqConf = {
    ranges: [],
    timers: [],
    reply_delays: [],
    authoritative: false,
    leasefile_ro: false,
    no_ping: false,
  };
  for (const { name, value = '', position } of given) {
    const report = (message: string) => problems.push({ message, position });
    if (name === 'dhcp-range') {
      const range = rangeOf(value, report);
      if (range) conf.ranges.push(range);
    } else if (name === 'dhcp-option' || name === 'dhcp-option-force') {
      const timer = timerOf(value);
      if (timer) conf.timers.push(timer);
    } else if (name === 'dhcp-reply-delay') {
      const delay = replyDelayOf(value, report);
      if (conf.reply_delays.length > 0) report('dnsmasq takes one dhcp-reply-delay and refuses a second one');
      else if (delay) conf.reply_delays.push({ ...delay, position });
    } else if (name === 'dhcp-authoritative') conf.authoritative = true;
    else if (name === 'leasefile-ro') conf.leasefile_ro = true;
    else if (name === 'no-ping') conf.no_ping = true;
  }
  return conf;
}

/** `[tag:TAG,…]SECONDS` (dnsmasq(8), --dhcp-reply-delay). */
function replyDelayOf(
  value: string,
  report: (message: string) => void,
): Omit<DnsmasqReplyDelay, 'position'> | undefined {
  const words = value.split(',').map((word) => word.trim());
  const tags = words.filter((word) => /^(tag|net):/.test(word)).map((word) => word.slice(4));
  const [seconds = '', ...rest] = words.filter((word) => !/^(tag|net):/.test(word));
  // Nothing is not a delay.
  if (/^\d{0,6}$/.test(seconds) && rest.length === 0) return { seconds: Number(seconds), tags };
  report(`dhcp-reply-delay needs whole seconds, like tag:slow,2, not '${value.slice(0, 80)}'`);
  return undefined;
}

function timerOf(value: string): DnsmasqTimerOption | undefined {
  const words = value.split(',').map((word) => word.trim());
  const tags = words.filter((word) => /^(tag|net):/.test(word)).map((word) => word.slice(4));
  const [code = '', time, ...rest] = words.filter((word) => !/^(tag|net):/.test(word));
  const option = TIMER[code];
  if (!option) return undefined;
  const seconds = durationSeconds(time ?? '');
  // Anything else dnsmasq takes as text, and its bytes as a number that is longer than any lease: it is ignored.
  return seconds !== undefined && rest.length === 0 ? { option, seconds, tags } : undefined;
}
