import { InputError, type InputProblem } from '../ground/errors.ts';
import { parseKeepalivedSyntax, type Statement, type Word } from './keepalived-syntax.ts';
import type { VrrpInstance } from './vrrp-instance.ts';

interface Globals {
  version: 2 | 3;
  down_timer_adverts: number;
  strict: boolean;
}

/**
 * The VRRP instances of a keepalived.conf. Defaults and rounding are keepalived's (keepalived.conf(5) and the
 * daemon): v2 unless `vrrp_version` or an IPv6 address says 3; 1 s adverts; priority 100, but 255 when the
 * state is MASTER and no priority is given.
 * @throws InputError with file:line:column for every value out of its range, which keepalived would ignore
 *   with a log line, and for what cannot be followed without running keepalived (`include`, `@`, `$NAME`).
 */
export function parseKeepalivedConf(text: string, file: string): VrrpInstance[] {
  const problems: InputProblem[] = [];
  const statements = parseKeepalivedSyntax(text, file, problems);
  const globals = new Reader(
    statements.flatMap((one) => (keyword(one) === 'global_defs' ? (one.block ?? []) : [])),
    file,
    problems,
  );
  const defaults: Globals = {
    version: globals.integer('vrrp_version', 2, 3, 2) === 3 ? 3 : 2,
    down_timer_adverts: globals.integer('vrrp_down_timer_adverts', 1, 100, 3),
    strict: globals.flag('vrrp_strict') ?? false,
  };
  const instances = statements
    .filter((one) => keyword(one) === 'vrrp_instance')
    .map((one) => instanceOf(one, defaults, new Reader(one.block ?? [], file, problems)));
  if (problems.length > 0) throw new InputError(problems);
  return instances;
}

function keyword(statement: Statement): string {
  return statement.words[0]!.text;
}

function instanceOf(statement: Statement, defaults: Globals, body: Reader): VrrpInstance {
  const name = statement.words[1];
  if (!name) body.problem(statement.words[0]!, 'vrrp_instance needs a name');
  const state = body.oneOf('state', ['MASTER', 'BACKUP'] as const, 'BACKUP');
  const virtual_ipaddress = body.lines('virtual_ipaddress');
  const version = versionOf(body, virtual_ipaddress, defaults);
  const priority = body.integer('priority', 1, 255, state === 'MASTER' ? 255 : 100);
  if (!body.last('virtual_router_id')) {
    body.problem(statement.words[0]!, `vrrp_instance ${name?.text ?? ''} needs a virtual_router_id`);
  }
  return {
    name: name?.text ?? '',
    family: virtual_ipaddress.some((address) => address.includes(':')) ? 6 : 4,
    state,
    interface: body.last('interface')?.words[1]?.text,
    virtual_router_id: body.integer('virtual_router_id', 1, 255, 0),
    priority,
    advert_int_ms: advertInterval(body, version),
    version,
    nopreempt:
      body.last('nopreempt', 'preempt')?.words[0]?.text === 'nopreempt' &&
      state !== 'MASTER' &&
      priority !== 255,
    preempt_delay_ms: 0,
    down_timer_adverts: downTimerAdverts(body, defaults),
    unicast_peers: body.lines('unicast_peer'),
    sync_group: undefined,
    use_vmac: body.last('use_vmac') !== undefined,
    authentication: 'none',
    virtual_ipaddress,
    virtual_ipaddress_excluded: body.lines('virtual_ipaddress_excluded'),
    tracks: [],
  };
}

function versionOf(body: Reader, addresses: string[], defaults: Globals): 2 | 3 {
  const written = body.integer('version', 2, 3, defaults.version);
  return written === 3 || addresses.some((address) => address.includes(':')) ? 3 : 2;
}

/** Strict mode takes the RFCs' 3, whatever is written. */
function downTimerAdverts(body: Reader, defaults: Globals): number {
  const written = body.integer('down_timer_adverts', 1, 100, defaults.down_timer_adverts);
  return (body.flag('strict_mode') ?? defaults.strict) ? 3 : written;
}

/** Rounded as keepalived does: v2 to whole seconds, at least one; v3 to centiseconds. */
function advertInterval(body: Reader, version: 2 | 3): number {
  const statement = body.last('advert_int');
  if (!statement) return 1000;
  const word = statement.words[1] ?? statement.words[0]!;
  const seconds = /^\d*\.?\d+$|^\d+\.$/.test(word.text) ? Number(word.text) : Number.NaN;
  const most = version === 2 ? 255 : 40.95;
  if (!(seconds >= 0.01 && seconds <= most)) {
    body.problem(word, `advert_int must be 0.01 to ${most} seconds with VRRPv${version}, not '${word.text}'`);
    return 1000;
  }
  return version === 2 ? Math.max(1, Math.round(seconds)) * 1000 : Math.round(seconds * 100) * 10;
}

/** The statements of one block. Of a keyword given twice the last counts, as in keepalived. */
class Reader {
  readonly statements: readonly Statement[];
  readonly file: string;
  readonly problems: InputProblem[];

  constructor(statements: readonly Statement[], file: string, problems: InputProblem[]) {
    this.statements = statements;
    this.file = file;
    this.problems = problems;
  }

  last(...names: string[]): Statement | undefined {
    return this.statements.findLast((one) => names.includes(keyword(one)));
  }

  /** The first word of every line of the blocks called `name`. */
  lines(name: string): string[] {
    return this.statements
      .filter((one) => keyword(one) === name)
      .flatMap((one) => (one.block ?? []).map((line) => keyword(line)));
  }

  integer(name: string, low: number, high: number, otherwise: number): number {
    const statement = this.last(name);
    if (!statement) return otherwise;
    const word = statement.words[1] ?? statement.words[0]!;
    const value = /^\d{1,9}$/.test(word.text) ? Number(word.text) : Number.NaN;
    if (value >= low && value <= high) return value;
    this.problem(word, `${name} must be a whole number from ${low} to ${high}, not '${word.text}'`);
    return otherwise;
  }

  /** A keyword that may stand alone, for yes; undefined when it is not there. */
  flag(name: string): boolean | undefined {
    const statement = this.last(name);
    if (!statement) return undefined;
    const word = statement.words[1];
    if (!word || /^(true|on|yes)$/.test(word.text)) return true;
    if (!/^(false|off|no)$/.test(word.text)) {
      this.problem(word, `${name} must be true or false, not '${word.text}'`);
    }
    return false;
  }

  oneOf<T extends string>(name: string, values: readonly T[], otherwise: T): T {
    const statement = this.last(name);
    if (!statement) return otherwise;
    const word = statement.words[1] ?? statement.words[0]!;
    const value = values.find((one) => one === word.text);
    if (value === undefined) this.problem(word, `${name} must be ${values.join(' or ')}, not '${word.text}'`);
    return value ?? otherwise;
  }

  problem(word: Word, message: string): void {
    this.problems.push({ message, position: { file: this.file, line: word.line, column: word.column } });
  }
}
