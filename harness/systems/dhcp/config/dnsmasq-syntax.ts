import type { InputProblem, Position } from '../../../ground/errors.ts';

/** One option as given: `dhcp-range`, and what stands behind the `=`; a comma within quotes is `QUOTED_COMMA`. */
export interface DnsmasqGiven {
  name: string;
  value: string | undefined;
  position: Position;
}

/** A comma that separates nothing, since it was quoted. */
export const QUOTED_COMMA = '\u{e000}';
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  t: '\t',
  n: '\n',
  b: '\b',
  r: '\r',
  '\\': '\\',
};

const SHORT: Readonly<Record<string, string>> = {
  F: 'dhcp-range',
  O: 'dhcp-option',
  K: 'dhcp-authoritative',
  C: 'conf-file',
  7: 'conf-dir',
  9: 'leasefile-ro',
  5: 'no-ping',
};
const WITH_VALUE = new Set([
  'dhcp-range',
  'dhcp-option',
  'dhcp-option-force',
  'dhcp-reply-delay',
  'dhcp-optsfile',
  'conf-file',
  'conf-dir',
  'conf-script',
]);

/**
 * The lines of a configuration file: dnsmasq's long options without the dashes (dnsmasq(8), CONFIG FILE). A `#` at the
 * start or after white space begins a comment, `"` quotes, with `\"`, `\\`, `\t`, `\n`, `\b`, `\r` within; there may be
 * spaces around the `=`.
 * @param problems gets what dnsmasq would refuse: a quote without its partner.
 */
export function dnsmasqLines(text: string, file: string, problems: InputProblem[]): DnsmasqGiven[] {
  return text.split(/\r?\n/).flatMap((source, index): DnsmasqGiven[] => {
    const position = { file, line: index + 1, column: source.search(/\S/) + 1 };
    const bare = bareLine(source);
    if (bare === undefined) {
      problems.push({ message: 'this line has a " without its partner', position });
      return [];
    }
    const at = bare.indexOf('=');
    const name = (at < 0 ? bare : bare.slice(0, at)).trim();
    return name ? [{ name, value: at < 0 ? undefined : bare.slice(at + 1).trim(), position }] : [];
  });
}

/** Without comment and quotes; undefined when a quote is not closed. */
function bareLine(source: string): string | undefined {
  let bare = '';
  let white = true;
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at]!;
    if (character === '"') {
      const quoted = quotedFrom(source, at + 1);
      if (!quoted) return undefined;
      bare += quoted.text;
      at = quoted.end;
      white = false;
    } else if (white && character === '#') break;
    else {
      white = /\s/.test(character);
      bare += white ? ' ' : character;
    }
  }
  return bare.trim();
}

function quotedFrom(source: string, from: number): { text: string; end: number } | undefined {
  let text = '';
  for (let at = from; at < source.length; at += 1) {
    const character = source[at]!;
    if (character === '"') return { text, end: at };
    const escaped = character === '\\' ? ESCAPES[source[at + 1] ?? ''] : undefined;
    if (escaped !== undefined) at += 1;
    text += escaped ?? (character === ',' ? QUOTED_COMMA : character);
  }
  return undefined;
}

/**
 * The options of a command line that say something of leases or of files: `--dhcp-range=…`, `--dhcp-range …`, `-F …`,
 * `-F…`.
 * @param command named in positions: the node that the command is from.
 */
export function dnsmasqWords(args: readonly string[], command: string): DnsmasqGiven[] {
  const given: DnsmasqGiven[] = [];
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
  return given;
}
