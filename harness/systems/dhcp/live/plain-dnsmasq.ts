import path from 'node:path';
import { InputError } from '../../../ground/errors.ts';
import { waitUntil } from '../../../ground/wait.ts';
import type { DnsmasqFacts } from '../../../journal/dnsmasq-facts.ts';
import type { ProcessInfo } from '../../../lab/agent-shapes.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { readNodeFile } from '../../../lab/read-node-file.ts';
import { dnsmasqOptions } from '../config/dnsmasq-files.ts';

const DAEMON = 'dnsmasq';
const CONFIGURATION = '/etc/dnsmasq.conf';
/** The label of a place whose dnsmasq is given its files by the part of Neutron. */
const PLACE_LABEL = 'hadrill.dhcp';
const RUN_TIMEOUT_S = 10;
const CALL_MARGIN_S = 10;
/** RFC 2131 section 4.1. */
const SERVER_PORT = 67;
const START_TIMEOUT_MS = 10_000;
/** A file may lead to another one, so often. */
const MOST_ROUNDS = 20;
/** proc(5): stopped by a signal, or by a tracer. */
const STOPPED = /^[Tt]$/;

/** The nodes that may have a dnsmasq of their own. */
export function plainServers(lab: Lab): LabNode[] {
  return lab.nodes.filter(({ spec, pid }) => pid !== 0 && !(PLACE_LABEL in spec.labels));
}

/** The dnsmasq of a node that is not a child of another one; undefined when none runs. */
async function dnsmasqOf(lab: Lab, { container_id, pid }: LabNode): Promise<ProcessInfo | undefined> {
  if (pid === 0) return undefined;
  const all = await lab.agent.call('container_processes', { container_id });
  const daemons = all.filter(
    ({ name, argv }) => name === DAEMON || path.posix.basename(argv[0] ?? '') === DAEMON,
  );
  const pids = new Set(daemons.map((one) => one.pid));
  return daemons.find(({ ppid }) => !pids.has(ppid));
}

/** What the dnsmasq of a node does, and whether it has the socket of a DHCP server. */
export async function dnsmasqState(
  lab: Lab,
  node: LabNode,
): Promise<'runs' | 'stopped' | 'none' | 'no-socket'> {
  const daemon = await dnsmasqOf(lab, node);
  if (!daemon) return 'none';
  if (STOPPED.test(daemon.state)) return 'stopped';
  const ports = await lab.agent.call('udp_ports', { pid: node.pid });
  return ports.includes(SERVER_PORT) ? 'runs' : 'no-socket';
}

/** Every plain dnsmasq that runs now, with the files that it was started with as they are now. */
export async function plainDnsmasqs(lab: Lab): Promise<DnsmasqFacts[]> {
  const found = await Promise.all(
    plainServers(lab).map(async (node): Promise<DnsmasqFacts[]> => {
      const daemon = await dnsmasqOf(lab, node);
      if (!daemon) return [];
      const args = daemon.argv.slice(1);
      const held = await lab.agent.call('addresses_of', { pid: node.pid });
      const addresses = held
        .map(({ address }) => address)
        .filter((address) => !address.includes(':') && !address.startsWith('127.'));
      return [{ node: node.name, host: node.host, addresses, args, ...(await filesOf(lab, node, args)) }];
    }),
  );
  return found.flat();
}

/** Notes which of them run and are not stopped now. */
export async function noteSurvivors(lab: Lab, servers: DnsmasqFacts[] = []): Promise<void> {
  for (const server of servers) {
    const daemon = await dnsmasqOf(lab, lab.node(server.node));
    server.survived = daemon !== undefined && !STOPPED.test(daemon.state);
  }
}

async function filesOf(
  lab: Lab,
  node: LabNode,
  args: readonly string[],
): Promise<Pick<DnsmasqFacts, 'files' | 'dirs'>> {
  const tree: Pick<DnsmasqFacts, 'files' | 'dirs'> = { files: {}, dirs: {} };
  const asked = new Set<string>();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const { missing_files, missing_dirs } = dnsmasqOptions(args, node.name, tree);
    const wanted = [...missing_files, ...missing_dirs].filter((one) => !asked.has(one));
    if (wanted.length === 0) break;
    for (const one of wanted) asked.add(one);
    for (const file of missing_files) {
      const text = await readNodeFile(lab, node.pid, file);
      if (text !== undefined) tree.files[file] = text;
    }
    for (const dir of missing_dirs) {
      const names = await lab.agent.call('list_node_folder', { pid: node.pid, path: dir });
      if (names) tree.dirs[dir] = names;
    }
  }
  return tree;
}

function run(lab: Lab, { container_id }: LabNode, argv: string[]) {
  const args = { container_id, argv, timeout_s: RUN_TIMEOUT_S };
  return lab.agent.call('run_in_node', args, (RUN_TIMEOUT_S + CALL_MARGIN_S) * 1000);
}

/**
 * Asks dnsmasq --test wherever a node has a configuration for dnsmasq and none runs.
 * @returns the nodes whose dnsmasq accepts it.
 * @throws InputError with what dnsmasq says of a configuration that it refuses.
 */
export async function checkPlainDnsmasqs(lab: Lab): Promise<LabNode[]> {
  const nodes = plainServers(lab).filter(isMeantToServe);
  const accepted = await Promise.all(nodes.map(async (node) => ((await accepts(lab, node)) ? [node] : [])));
  return accepted.flat();
}

async function accepts(lab: Lab, node: LabNode): Promise<boolean> {
  if (await dnsmasqOf(lab, node)) return false;
  if ((await readNodeFile(lab, node.pid, CONFIGURATION)) === undefined) return false;
  if (!(await lab.agent.call('has_program', { pid: node.pid, name: DAEMON }))) return false;
  const said = await run(lab, node, [DAEMON, '--test', `--conf-file=${CONFIGURATION}`]);
  if (said.status === 0) return true;
  throw new InputError(
    `dnsmasq of '${node.name}' refuses its configuration: ${(said.stderr || said.stdout).trim()}`,
  );
}

/**
 * Waits until every node that has a configuration for dnsmasq runs it.
 * @throws InputError with what dnsmasq says of a configuration that it refuses; DeadlineError with the last log lines
 * where it accepts it and does not run.
 */
export async function requirePlainDnsmasqs(lab: Lab, signal?: AbortSignal): Promise<void> {
  const nodes = await checkPlainDnsmasqs(lab);
  await Promise.all(
    nodes.map((node) =>
      waitUntil({
        what: `dnsmasq of '${node.name}' to run with ${CONFIGURATION}, which it accepts`,
        timeout_ms: START_TIMEOUT_MS,
        interval_ms: 100,
        signal,
        check: async () => (await dnsmasqOf(lab, node)) !== undefined,
        log: () => lab.log(node.name),
      }),
    ),
  );
}

/** `DNSMASQ=off` keeps the service of hadrill's images from starting. */
function isMeantToServe({ spec }: LabNode): boolean {
  return spec.env.DNSMASQ !== 'off';
}
