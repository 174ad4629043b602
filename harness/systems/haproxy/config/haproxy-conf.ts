import { InputError, type InputProblem } from '../../../ground/errors.ts';
import { addressOf, templateNames } from './haproxy-address.ts';
import { type CheckSettings, completeSettings, HaproxyValues } from './haproxy-server.ts';
import { type HaproxyLine, parseHaproxySyntax } from './haproxy-syntax.ts';

/** A server of a backend as HAProxy will check it, its defaults filled in. */
export interface HaproxyServer {
  /** The `backend` or `listen` section. */
  backend: string;
  name: string;
  /** As written: an IP address or a host name; undefined where the client's or a socket's is meant. */
  address: string | undefined;
  /** undefined: that of the client's connection, or of no meaning. */
  port: number | undefined;
  /** False: never checked, so never dropped. */
  check: boolean;
  inter_ms: number;
  /** Default: `inter`. While the state is about to change, and before the first check. */
  fastinter_ms: number;
  /** Default: `inter`. While the server is down. */
  downinter_ms: number;
  rise: number;
  fall: number;
  /** Live traffic is watched too (`observe`) and can bring a server down early. */
  observe: boolean;
  timeout_check_ms: number | undefined;
  timeout_connect_ms: number | undefined;
  /** Global `spread-checks`, in percent: each pause between checks is up to so much shorter or longer. */
  spread_percent: number;
  backup: boolean;
  disabled: boolean;
  weight: number;
  track: string | undefined;
  check_port: number | undefined;
  /** The address that is checked, where it is written down (`addr`). */
  check_address: string | undefined;
}

/** What a section hands down to those that start from it. */
interface Inherited {
  settings: Partial<CheckSettings>;
  timeout_check_ms: number | undefined;
  timeout_connect_ms: number | undefined;
}

/** The words that begin a section. */
export const HAPROXY_SECTION =
  /^(global|defaults|frontend|backend|listen|peers|resolvers|userlist|mailers|cache|program|ring|fcgi-app|http-errors|log-forward|log-profile|crt-store|traces|acme|haterm)$/;

/**
 * The servers of an haproxy.cfg, with the settings that their health checks run by (HAProxy Configuration
 * Manual §4 and §5.2). A proxy starts from the `defaults` section it names with `from`, else from the last one
 * before it; a `default-server` line counts for the servers below it.
 * @throws InputError with file:line:column for every value that HAProxy would refuse, and for what cannot be
 *   known from the file (`.if`, an environment variable in a value that is needed, named default-servers).
 */
export function parseHaproxyConf(text: string, file: string): HaproxyServer[] {
  const problems: InputProblem[] = [];
  const reader = new Reader(new HaproxyValues(file, problems));
  const lines = parseHaproxySyntax(text, file, problems);
  refuseConditions(lines, reader.values);
  for (const line of lines) reader.read(line);
  if (problems.length > 0) throw new InputError(problems);
  return reader.servers.map((one) => ({ ...one, spread_percent: reader.spread_percent }));
}

/** Lines that servers and their checks follow from. */
const COUNTS = /^(?:server|server-template|default-server|timeout|spread-checks)$/;

/** Reports conditional blocks (`.if`) with lines that matter: which of them count is not known. */
function refuseConditions(lines: readonly HaproxyLine[], values: HaproxyValues): void {
  const open: HaproxyLine[] = [];
  for (const line of lines) {
    const { text } = line[0]!;
    if (text === '.if') open.push(line);
    else if (text === '.endif') open.pop();
    else if (COUNTS.test(text) || HAPROXY_SECTION.test(text)) {
      const outermost = open[0];
      if (outermost) values.problem(outermost[0]!, "'.if' is not followed: write the lines that count");
      open.length = 0;
    }
  }
}

function nothing(): Inherited {
  return { settings: {}, timeout_check_ms: undefined, timeout_connect_ms: undefined };
}

class Reader {
  readonly servers: HaproxyServer[] = [];
  spread_percent = 0;
  readonly values: HaproxyValues;
  private section = '';
  private name = '';
  private current: Inherited = nothing();
  private last: Inherited = nothing();
  private readonly named = new Map<string, Inherited>();
  /** The servers of the section so far: a `timeout` may stand below them. */
  private open: HaproxyServer[] = [];

  constructor(values: HaproxyValues) {
    this.values = values;
  }

  read(line: HaproxyLine): void {
    const [first, second, third] = line;
    if (HAPROXY_SECTION.test(first!.text)) this.start(line);
    else if (this.section === 'global' && first!.text === 'spread-checks') {
      this.spread_percent = this.values.integer(line, 1, 0, 50) ?? 0;
    } else if (!/^(defaults|backend|listen)$/.test(this.section)) return;
    else if (first!.text === 'timeout' && second?.text === 'check') {
      this.timeout('timeout_check_ms', this.values.timeout(line, 2));
    } else if (first!.text === 'timeout' && second?.text === 'connect') {
      this.timeout('timeout_connect_ms', this.values.timeout(line, 2));
    } else if (first!.text === 'default-server') {
      if (/^(name|from)$/.test(second?.text ?? '')) {
        this.values.problem(
          second!,
          'named default-servers are not followed: write the values on the server',
        );
      }
      this.current.settings = { ...this.current.settings, ...this.values.settings(line, 1) };
    } else if (this.section !== 'defaults' && /^server(-template)?$/.test(first!.text)) {
      if (!second || !third) this.values.problem(first!, `${first!.text} needs a name and an address`);
      this.servers.push(...this.serversOf(line));
    }
  }

  private start(line: HaproxyLine): void {
    this.section = line[0]!.text;
    this.name = line[1] && line[1].text !== 'from' ? line[1].text : '';
    this.open = [];
    const at = line.findIndex((word, index) => index > 0 && word.text === 'from');
    const origin = at > 0 ? line[at + 1]?.text : undefined;
    const found = origin === undefined ? undefined : this.named.get(origin);
    if (at > 0 && !found)
      this.values.problem(line[at]!, `there is no defaults section '${origin ?? ''}' above`);
    if (this.section === 'defaults') {
      this.current = { ...(found ?? nothing()) };
      this.last = this.current;
      if (this.name !== '') this.named.set(this.name, this.current);
    } else {
      this.current = { ...(found ?? this.last) };
    }
  }

  private timeout(key: 'timeout_check_ms' | 'timeout_connect_ms', ms: number | undefined): void {
    this.current[key] = ms;
    for (const server of this.open) server[key] = ms;
  }

  private serversOf(line: HaproxyLine): HaproxyServer[] {
    const [first, name, third] = line;
    const is_template = first!.text === 'server-template';
    const settings = this.values.settings(line, is_template ? 4 : 3);
    const at = addressOf((is_template ? line[3] : third)?.text ?? '');
    const names = is_template ? templateNames(line, this.values) : [name?.text ?? ''];
    const { timeout_check_ms, timeout_connect_ms } = this.current;
    const servers = names.map((one) => ({
      backend: this.name,
      name: one,
      ...at,
      ...completeSettings({ ...this.current.settings, ...settings }),
      timeout_check_ms,
      timeout_connect_ms,
      spread_percent: 0,
    }));
    this.open.push(...servers);
    return servers;
  }
}
