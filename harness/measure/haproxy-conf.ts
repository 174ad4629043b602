import { InputError, type InputProblem } from '../ground/errors.ts';
import { type CheckSettings, completeSettings, HaproxyValues } from './haproxy-server.ts';
import { type HaproxyLine, parseHaproxySyntax } from './haproxy-syntax.ts';

/** A server of a backend as HAProxy will check it, its defaults filled in. */
export interface HaproxyServer {
  /** The `backend` or `listen` section. */
  backend: string;
  /** Of a `server-template` the prefix: its servers are all alike. */
  name: string;
  /** False: never checked, so never dropped. */
  check: boolean;
  inter_ms: number;
  /** `inter` unless told: while the state is about to change, and before the first check. */
  fastinter_ms: number;
  /** `inter` unless told: while the server is down. */
  downinter_ms: number;
  rise: number;
  fall: number;
  /** Live traffic is watched too (`observe`) and can bring a server down early. */
  observe: boolean;
  timeout_check_ms: number | undefined;
  timeout_connect_ms: number | undefined;
  /** Global `spread-checks`, in percent: each pause between checks is up to so much shorter or longer. */
  spread_percent: number;
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
  for (const line of parseHaproxySyntax(text, file, problems)) reader.read(line);
  if (problems.length > 0) throw new InputError(problems);
  return reader.servers.map((one) => ({ ...one, spread_percent: reader.spread_percent }));
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
      this.server(second?.text ?? '', this.values.settings(line, first!.text === 'server' ? 3 : 4));
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

  private server(name: string, own: Partial<CheckSettings>): void {
    const { timeout_check_ms, timeout_connect_ms } = this.current;
    const settings = completeSettings({ ...this.current.settings, ...own });
    const server = {
      backend: this.name,
      name,
      ...settings,
      timeout_check_ms,
      timeout_connect_ms,
      spread_percent: 0,
    };
    this.open.push(server);
    this.servers.push(server);
  }
}
