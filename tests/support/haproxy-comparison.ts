import { readFileSync } from 'node:fs';
import { InputError } from '../../harness/ground/errors.ts';
import type { Lab } from '../../harness/lab/lab.ts';
import { type HaproxyServer, parseHaproxyConf } from '../../harness/systems/haproxy/config/haproxy-conf.ts';
import type { Comparison } from './comparison.ts';

const LOOK_AT_ALL = readFileSync(new URL('../fixtures/cluster/haproxy-all.py', import.meta.url), 'utf8');
/** Bits of `srv_check_state` and `srv_admin_state` (Management Guide, "show servers state"). */
const CHECK_CONFIGURED = 2;
const DISABLED_BY_CONFIGURATION = 4;
const NOT_FOLLOWED = /\bnot followed: /;

/** What HAProxy says of a file. */
export interface HaproxySays {
  /** Why it does not take it. */
  refused?: string;
  servers?: string;
  stat?: string;
}

/** Compares what is read of haproxy.cfg files with what HAProxy in node `lb1` of the lab makes of them. */
export async function compareHaproxies(
  lab: Lab,
  texts: readonly string[],
  comparison: Comparison,
): Promise<void> {
  const files = Object.fromEntries(texts.map((text, at) => [`/tmp/haproxy/${at}.cfg`, text]));
  await lab.agent.call('write_node_files', { pid: lab.node('lb1').pid, files, remove: [] });
  const { stdout } = await lab.exec('lb1', ['python3', '-c', LOOK_AT_ALL], 300_000);
  const said = JSON.parse(stdout) as Record<string, HaproxySays>;
  for (const [at, text] of texts.entries()) compareHaproxy(text, said[at]!, comparison);
}

function compareHaproxy(text: string, said: HaproxySays, comparison: Comparison): void {
  comparison.file(said.refused === undefined);
  const { servers, problems } = readHaproxy(text);
  const refuses = problems.filter((one) => !NOT_FOLLOWED.test(one));
  if (said.refused !== undefined) return;
  comparison.value('refused', refuses, [], text);
  if (!servers) {
    if (refuses.length === 0) comparison.open();
    return;
  }
  const states = table(said.servers!.replace(/^\d+\n# /, ''), ' ');
  const stats = table(said.stat!.replace(/^# /, ''), ',');
  const key = (backend: string, name: string) => `${backend}/${name}`;
  const state = new Map(states.map((row) => [key(row.be_name!, row.srv_name!), row]));
  const stat = new Map(stats.map((row) => [key(row.pxname!, row.svname!), row]));
  const names = servers.map(({ backend, name }) => key(backend, name));
  comparison.value('servers', names.toSorted(), [...state.keys()].toSorted(), text);
  for (const server of servers) {
    const name = key(server.backend, server.name);
    const row = state.get(name);
    if (row) compareServer(name, server, row, stat.get(name)!, comparison, text);
  }
}

function compareServer(
  name: string,
  server: HaproxyServer,
  state: Record<string, string>,
  stat: Record<string, string>,
  comparison: Comparison,
  text: string,
): void {
  const compare = (what: string, own: unknown, daemon: unknown) =>
    comparison.value(`${name}: ${what}`, own, daemon, text);
  // Without an address it is that of the client's connection.
  compare('address', server.address ?? '0.0.0.0', state.srv_addr);
  compare('port', server.port ?? 0, Number(state.srv_port));
  compare('check', server.check, (Number(state.srv_check_state) & CHECK_CONFIGURED) !== 0);
  compare('check port', server.check_port ?? 0, Number(state.srv_check_port));
  compare('disabled', server.disabled, (Number(state.srv_admin_state) & DISABLED_BY_CONFIGURATION) !== 0);
  compare('weight', server.weight, Number(state.srv_iweight));
  compare('backup', server.backup, stat.bck === '1');
  if (!server.check || stat.check_rise === '') return;
  compare('rise', server.rise, Number(stat.check_rise));
  compare('fall', server.fall, Number(stat.check_fall));
}

function readHaproxy(text: string): { servers?: HaproxyServer[]; problems: string[] } {
  try {
    return { servers: parseHaproxyConf(text, 'haproxy.cfg'), problems: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { problems: error.problems.map(({ message }) => message) };
  }
}

function table(text: string, separator: string): Record<string, string>[] {
  const [head, ...rows] = text.split('\n').filter(Boolean);
  const names = head!.split(separator);
  return rows.map((row) => {
    const cells = row.split(separator);
    return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']));
  });
}
