import { InputError, type InputProblem } from '../../../ground/errors.ts';
import { didYouMean } from '../../../ground/near-name.ts';
import type { Finding } from '../../file-findings.ts';
import { HAPROXY_SECTION, type HaproxyServer, parseHaproxyConf } from './haproxy-conf.ts';
import { type HaproxyLine, type HaproxyWord, parseHaproxySyntax } from './haproxy-syntax.ts';

interface Section {
  kind: string;
  name: string;
  lines: HaproxyLine[];
}

type Report = (word: HaproxyWord, message: string) => void;

/** Sections that connections pass through. */
const PROXIES = new Set(['frontend', 'backend', 'listen']);
const UDP = /^(?:dgram\+|(?:dgram\+)?udp[46]?@)/;
const NO_UDP = 'HAProxy balances TCP and HTTP only; take it out';
/** What HAProxy may take and cannot be known from the file alone; see `parseHaproxyConf`. */
const UNFOLLOWED = /\bnot followed: /;
/** Names that are not there are named up to so often. */
const MOST_UNKNOWN = 20;

/** What an haproxy.cfg says, and what of it HAProxy would refuse. */
export interface CheckedHaproxy {
  findings: Finding[];
  /** Undefined when there are problems, or something in the file is not followed. */
  servers: HaproxyServer[] | undefined;
}

/**
 * Reads an haproxy.cfg and reports what every HAProxy refuses (HAProxy Configuration Manual). Lines between `.if` and
 * `.endif` may not count, so nothing in them is refused: the node's own `haproxy -c` has the last word.
 * @param is_whole false: the node has more files of HAProxy's configuration, so what is not in this one may be there.
 */
export function checkHaproxy(text: string, file: string, is_whole = true): CheckedHaproxy {
  const problems: InputProblem[] = [];
  const report: Report = ({ line, column }, message) =>
    problems.push({ message, position: { file, line, column } });
  const all = parseHaproxySyntax(text, file, []);
  const conditional = conditionalLines(all);
  const lines = all.filter(([first]) => !conditional.has(first!.line));
  const sections = sectionsOf(lines);
  const logs = all.some(([first, second]) => first!.text === 'mode' && second?.text === 'log');
  for (const { kind, lines: own } of sections) {
    if (PROXIES.has(kind)) for (const line of own) checkLine(line, logs, report);
  }
  if (is_whole && conditional.size === 0) checkBackends(sections, report);
  if (is_whole && sectionsOf(all).length === 0) {
    const message = 'there is no section in this file: HAProxy does not start without a listener';
    problems.push({ message, position: { file, line: 1, column: 1 } });
  }
  const { servers, wrong } = serversOf(text, file);
  const refused = wrong.filter(
    ({ message, position }) => !UNFOLLOWED.test(message) && !conditional.has(position?.line ?? 0),
  );
  problems.push(...refused);
  return { findings: problems, servers: problems.length > 0 ? undefined : servers };
}

function serversOf(
  text: string,
  file: string,
): { servers: HaproxyServer[] | undefined; wrong: readonly InputProblem[] } {
  try {
    return { servers: parseHaproxyConf(text, file), wrong: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { servers: undefined, wrong: error.problems };
  }
}

/** Numbers of the lines from every `.if` to its `.endif`. */
function conditionalLines(lines: readonly HaproxyLine[]): ReadonlySet<number> {
  let depth = 0;
  return new Set(
    lines.flatMap(([first]) => {
      if (first!.text === '.if') depth += 1;
      const is_inside = depth > 0;
      if (first!.text === '.endif') depth -= 1;
      return is_inside ? [first!.line] : [];
    }),
  );
}

function sectionsOf(lines: readonly HaproxyLine[]): Section[] {
  const sections: Section[] = [];
  for (const line of lines) {
    const [first, second] = line;
    if (HAPROXY_SECTION.test(first!.text)) {
      sections.push({ kind: first!.text, name: second?.text ?? '', lines: [] });
    } else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

/** @param logs there are backends of log lines, whose servers may be asked by UDP. */
function checkLine([first, second, third]: HaproxyLine, logs: boolean, report: Report): void {
  if (!second || second.variable) return;
  if (first!.text === 'bind' || first!.text === 'dgram-bind') {
    const udp = second.text.split(',').find((one) => first!.text === 'dgram-bind' || UDP.test(one));
    if (udp !== undefined) report(second, `'${udp}' is a UDP listener: ${NO_UDP}`);
  } else if (first!.text === 'mode' && second.text === 'udp') {
    report(second, `mode 'udp' balances nothing: ${NO_UDP}`);
  } else if (first!.text === 'server' && third && !third.variable && !logs && UDP.test(third.text)) {
    report(third, `'${third.text}' is a UDP server: ${NO_UDP}`);
  }
}

/** Reports backends that are used and not there. */
function checkBackends(sections: readonly Section[], report: Report): void {
  const names = new Set(
    sections.filter(({ kind }) => kind === 'backend' || kind === 'listen').map(({ name }) => name),
  );
  const known =
    names.size > 0 ? `there are ${[...names].slice(0, MOST_UNKNOWN).join(', ')}` : 'there is none';
  const used = sections
    .filter(({ kind }) => kind === 'frontend' || kind === 'listen')
    .flatMap(({ lines }) => lines)
    .filter(([first]) => first!.text === 'default_backend' || first!.text === 'use_backend')
    .flatMap(([, name]) => name ?? []);
  // A name that is made of the request is known only then.
  const unknown = used.filter((name) => !name.variable && !name.text.includes('%') && !names.has(name.text));
  for (const name of unknown.slice(0, MOST_UNKNOWN)) {
    report(name, `there is no backend '${name.text}'${didYouMean(name.text, names)}; ${known}`);
  }
  const more = unknown[MOST_UNKNOWN];
  if (more) report(more, `and ${unknown.length - MOST_UNKNOWN} more backends that are not there`);
}
