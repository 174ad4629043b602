import type { AuditRecord } from '../../../journal/journal.ts';
import type { Port } from '../config/networks.ts';

/** What was seen of one place of a network. */
export interface PlaceSeen {
  node: string;
  host: string;
  /** The network is bound to its host. */
  bound: boolean;
  /** What its dnsmasq does. */
  daemon: 'runs' | 'stopped' | 'none';
  /** What dnsmasq gets to know of the ports (dnsmasq(8), `--dhcp-hostsfile`); undefined when there is no such file. */
  host_file: string | undefined;
}

/** Holds the places of a network against what the server says of it now. */
export function judgeAgents(
  network: string,
  places: readonly PlaceSeen[],
  ports: readonly Port[],
): AuditRecord {
  const problems = places.flatMap((place) =>
    place.bound ? boundProblems(place, ports) : unboundProblems(place),
  );
  const bound = places.filter((place) => place.bound);
  if (bound.length === 0) problems.push('it is bound to no place');
  const hosts = bound.map(({ host }) => host).join(' and ');
  const detail =
    problems.length > 0 ? problems.join(', ') : `served on ${hosts} with ${ports.length} ports, nowhere else`;
  const verdict = problems.length > 0 ? 'fail' : 'pass';
  return { name: 'dhcp-agents', verdict, detail: `network '${network}': ${detail}` };
}

function boundProblems({ node, daemon, host_file }: PlaceSeen, ports: readonly Port[]): string[] {
  const problems: string[] = [];
  if (daemon === 'none') problems.push(`no dnsmasq runs on ${node}`);
  if (daemon === 'stopped') problems.push(`the dnsmasq of ${node} is stopped`);
  if (host_file === undefined) return [...problems, `${node} has no host file`];
  const wanted = new Set(ports.map(({ mac, address }) => `${mac} ${address}`));
  const found = host_file.split('\n').filter(Boolean).map(portOf);
  const known = new Set(found);
  const missing = [...wanted].filter((port) => !known.has(port));
  const strange = [...known].filter((port) => !wanted.has(port));
  if (missing.length > 0) problems.push(`the host file of ${node} lacks ${some(missing)}`);
  if (strange.length > 0) problems.push(`the host file of ${node} has ${some(strange)}, which is not a port`);
  if (found.length > known.size) problems.push(`the host file of ${node} has a port twice`);
  return problems;
}

/** Also one that is stopped: it would go on to serve. */
function unboundProblems({ node, daemon, host_file }: PlaceSeen): string[] {
  return [
    ...(daemon === 'none' ? [] : [`a dnsmasq runs on ${node}, to which it is not bound`]),
    ...(host_file === undefined ? [] : [`${node} has a host file, though it is not bound to it`]),
  ];
}

/** MAC address and address of a line `MAC,NAME,ADDRESS`; any other line as it is. */
function portOf(line: string): string {
  const [mac, , address, ...more] = line.split(',');
  return mac && address && more.length === 0 ? `${mac} ${address}` : line;
}

function some(ports: readonly string[]): string {
  return ports.length === 1 ? ports[0]! : `${ports[0]} and ${ports.length - 1} more`;
}
