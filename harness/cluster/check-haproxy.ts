import { InputError, type InputProblem } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import { HAPROXY_SECTION, type HaproxyServer, parseHaproxyConf } from '../measure/haproxy-conf.ts';
import { type HaproxyLine, type HaproxyWord, parseHaproxySyntax } from '../measure/haproxy-syntax.ts';

interface Section {
  kind: string;
  name: string;
  first: HaproxyWord;
  lines: HaproxyLine[];
}

type Report = (word: HaproxyWord, message: string) => void;

/** Sections that connections pass through. */
const PROXIES = new Set(['frontend', 'backend', 'listen']);
const UDP = /^(?:dgram\+|(?:dgram\+)?udp[46]?@)/;
const NO_UDP = 'HAProxy balances TCP and HTTP only; take it out';
/** A parameter of a `server` line, where its address should be. */
const PARAMETER =
  /^(?:addr|backup|check|cookie|disabled|downinter|fall|fastinter|init-addr|inter|max(?:conn|queue)|minconn|no-check|observe|on-error|port|resolvers|rise|send-proxy(?:-v2)?|slowstart|source|ssl|track|verify|weight)$/;
/** What answers or passes on without a server (HAProxy Configuration Manual §4.2). */
const ANSWERS =
  /^(?:dispatch|stats|redirect|transparent|monitor-uri|errorfiles?|use_backend|default_backend|option transparent|http-(?:request|response) (?:return|redirect|deny|tarpit|reject|silent-drop|use-service)|tcp-request (?:content|connection) (?:reject|silent-drop|use-service))(?: |$)/;
/** What HAProxy may take and cannot be known from the file alone; see `parseHaproxyConf`. */
const UNFOLLOWED = /\bnot followed: /;

/** What an haproxy.cfg says, and what of it HAProxy would refuse or could not serve with. */
export interface CheckedHaproxy {
  problems: InputProblem[];
  /** Undefined when there are problems, or something in the file is not followed. */
  servers: HaproxyServer[] | undefined;
}

/** Reads and checks an haproxy.cfg (HAProxy Configuration Manual). */
export function checkHaproxy(text: string, file: string): CheckedHaproxy {
  const problems: InputProblem[] = [];
  const report: Report = ({ line, column }, message) =>
    problems.push({ message, position: { file, line, column } });
  const sections = sectionsOf(parseHaproxySyntax(text, file, []));
  for (const section of sections) {
    if (section.kind !== 'defaults' && !PROXIES.has(section.kind)) continue;
    for (const line of section.lines) checkLine(line, report);
  }
  checkBackends(sections, report);
  const { servers, wrong } = serversOf(text, file);
  const told = wrong.filter(({ message }) => !UNFOLLOWED.test(message));
  problems.push(...told);
  return { problems, servers: problems.length > 0 ? undefined : servers };
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

function sectionsOf(lines: readonly HaproxyLine[]): Section[] {
  const sections: Section[] = [];
  for (const line of lines) {
    const [first, second] = line;
    if (HAPROXY_SECTION.test(first!.text)) {
      sections.push({ kind: first!.text, name: second?.text ?? '', first: first!, lines: [] });
    } else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

function checkLine(line: HaproxyLine, report: Report): void {
  const [first, second, third] = line;
  if (!second || second.variable) return;
  if (first!.text === 'bind' || first!.text === 'dgram-bind') {
    const udp = second.text.split(',').find((one) => first!.text === 'dgram-bind' || UDP.test(one));
    if (udp !== undefined) report(second, `'${udp}' is a UDP listener: ${NO_UDP}`);
  } else if (first!.text === 'mode' && second.text !== 'tcp' && second.text !== 'http') {
    report(second, `mode '${second.text}' balances nothing: it is tcp or http`);
  } else if (first!.text === 'server' && third && !third.variable) {
    checkServer(second, third, report);
  }
}

function checkServer(name: HaproxyWord, address: HaproxyWord, report: Report): void {
  const example = `write it like 'server ${name.text} 198.18.1.21:80'`;
  if (/^:?[+-]?\d+$/.test(address.text)) {
    report(address, `server '${name.text}' has a port but no address: ${example}`);
  } else if (PARAMETER.test(address.text)) {
    report(address, `server '${name.text}' has no address before '${address.text}': ${example}`);
  } else if (UDP.test(address.text)) {
    report(address, `'${address.text}' is a UDP server: ${NO_UDP}`);
  }
}

/** Reports backends that are used and not there, or have nothing to answer with. */
function checkBackends(sections: readonly Section[], report: Report): void {
  const backends = sections.filter(({ kind }) => kind === 'backend' || kind === 'listen');
  const names = backends.map(({ name }) => name);
  const used = new Set(backends.filter(({ kind }) => kind === 'listen'));
  for (const line of sections.flatMap(({ lines }) => lines)) {
    const [first, second] = line;
    if (!/^(?:default_backend|use_backend)$/.test(first!.text) || !second) continue;
    // A name that is made of the request is known only then.
    if (second.variable || second.text.includes('%')) continue;
    const backend = backends.find(({ name }) => name === second.text);
    if (backend) used.add(backend);
    else {
      const known = names.length > 0 ? `there are ${names.join(', ')}` : 'there is none';
      report(second, `there is no backend '${second.text}'${didYouMean(second.text, names)}; ${known}`);
    }
  }
  for (const { kind, name, first, lines } of used) {
    if (lines.some((line) => serves(line))) continue;
    report(first, `${kind} '${name}' has no server: whoever is sent there gets an error (503)`);
  }
}

function serves(line: HaproxyLine): boolean {
  const [first] = line;
  if (/^server(?:-template)?$/.test(first!.text)) return true;
  return ANSWERS.test(line.map(({ text }) => text).join(' '));
}
