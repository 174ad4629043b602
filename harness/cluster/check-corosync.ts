import type { InputProblem } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import { type CorosyncSection, parseCorosyncSyntax } from '../measure/corosync-syntax.ts';
import { canonicalAddress } from '../topology/addresses.ts';
import { hasAddress, type Member } from './member.ts';

type Report = (line: number, message: string) => void;

/** A `node` section of the nodelist. */
interface ListedNode {
  line: number;
  name: Value | undefined;
  nodeid: Value | undefined;
  rings: Value[];
}

interface Value {
  key: string;
  value: string;
  line: number;
}

/**
 * Reports what is wrong with a corosync.conf for the nodes that use it (corosync.conf(5), votequorum(5)): a nodelist
 * that does not fit them, and a quorum that Pacemaker cannot work with. Four and more nodes without a tie breaker are
 * let be: they survive the loss of one.
 * @param members all nodes of the cluster.
 * @param no_quorum_policy of the CIB: with `ignore` a survivor goes on alone.
 */
export function checkCorosync(
  text: string,
  file: string,
  members: readonly Member[],
  no_quorum_policy: string | undefined,
): InputProblem[] {
  const syntax: InputProblem[] = [];
  const root = parseCorosyncSyntax(text, file, syntax);
  // What follows from a file that is read wrong would only confuse.
  if (syntax.length > 0) return [];
  const problems: InputProblem[] = [];
  const report: Report = (line, message) => problems.push({ message, position: { file, line } });
  const lists = named(root, 'nodelist');
  const nodes = lists.flatMap((list) => named(list, 'node')).map(listedNode);
  const transport = lastOf(named(root, 'totem'), 'transport')?.value ?? 'knet';
  if (nodes.length > 0) checkNodes(nodes, members, lists[0]!.line, report);
  else if (transport !== 'udp') report(1, `there is no nodelist: ${transport} needs one with every member`);
  checkIds(nodes, transport, report);
  checkQuorum(root, nodes.length, no_quorum_policy, report);
  return problems;
}

function checkNodes(
  nodes: readonly ListedNode[],
  members: readonly Member[],
  line: number,
  report: Report,
): void {
  const names = members.map(({ name }) => name);
  const found = new Set<string>();
  for (const node of nodes) {
    const member = members.find((one) =>
      node.name ? one.name === node.name.value : node.rings.some(({ value }) => hasAddress(one, value)),
    );
    const called = node.name?.value ?? node.rings[0]?.value ?? '';
    if (!member) {
      const known = `${didYouMean(called, names)}; its members are ${names.join(', ')}`;
      report(node.name?.line ?? node.line, `'${called}' in the nodelist is no member of the cluster${known}`);
      continue;
    }
    if (found.has(member.name))
      report(node.name?.line ?? node.line, `'${member.name}' is in the nodelist twice`);
    found.add(member.name);
    checkRings(node, member, report);
  }
  for (const name of names.filter((one) => !found.has(one))) {
    report(line, `member '${name}' of the cluster is not in the nodelist: give it a node section`);
  }
}

function checkRings({ line, rings }: ListedNode, member: Member, report: Report): void {
  if (!rings.some(({ key }) => key === 'ring0_addr')) {
    report(line, `'${member.name}' has no ring0_addr: the address at which the others find it`);
  }
  const own = member.addresses.map(({ interface: name, address }) => `${address.split('/', 1)[0]} (${name})`);
  for (const { key, value, line: at } of rings) {
    const address = canonicalAddress(value);
    // The addresses of IPv6 that a node gives itself are not in the topology.
    if (address?.includes(':') || (address !== undefined && hasAddress(member, address))) continue;
    const known = own.length > 0 ? `it has ${own.join(', ')}` : 'it has none in the topology';
    report(at, `${key} ${value} is no address of '${member.name}': ${known}`);
  }
}

function checkIds(nodes: readonly ListedNode[], transport: string, report: Report): void {
  const seen = new Set<number>();
  for (const { nodeid, line } of nodes) {
    if (!nodeid) {
      if (transport === 'knet') report(line, "this node has no nodeid: knet needs one, like 'nodeid: 1'");
      continue;
    }
    const id = /^\d{1,10}$/.test(nodeid.value) ? Number(nodeid.value) : 0;
    if (id < 1 || id > 2 ** 32 - 1) {
      report(nodeid.line, `nodeid must be a whole number from 1 to 4294967295, not '${nodeid.value}'`);
    } else if (seen.has(id)) {
      report(nodeid.line, `nodeid ${id} is another node's already: each has its own`);
    }
    seen.add(id);
  }
}

function checkQuorum(
  root: CorosyncSection,
  nodes: number,
  no_quorum_policy: string | undefined,
  report: Report,
): void {
  const quorum = named(root, 'quorum');
  const line = quorum[0]?.line ?? 1;
  if (lastOf(quorum, 'provider')?.value !== 'corosync_votequorum') {
    report(line, "quorum needs 'provider: corosync_votequorum': Pacemaker does not start without");
  }
  const two_node = lastOf(quorum, 'two_node');
  const is_two_node = two_node !== undefined && Number(two_node.value) > 0;
  if (is_two_node && nodes > 0 && nodes !== 2) {
    report(two_node.line, `'two_node: 1' is for two nodes, the nodelist has ${nodes}: write 0`);
  }
  const has_breaker =
    is_two_node ||
    Number(lastOf(quorum, 'auto_tie_breaker')?.value ?? 0) > 0 ||
    quorum.some((one) => named(one, 'device').length > 0);
  if (nodes !== 2 || has_breaker || no_quorum_policy === 'ignore') return;
  const message =
    "of two nodes the survivor loses quorum and stops everything: write 'two_node: 1' into quorum (or 'auto_tie_breaker: 1', or a quorum device)";
  report(two_node?.line ?? line, message);
}

function listedNode(node: CorosyncSection): ListedNode {
  return {
    line: node.line,
    name: lastOf([node], 'name'),
    nodeid: lastOf([node], 'nodeid'),
    rings: node.entries.filter(({ key }) => /^ring[0-7]_addr$/.test(key)),
  };
}

function named(parent: CorosyncSection, name: string): CorosyncSection[] {
  return parent.sections.filter((one) => one.name === name);
}

/** Of a key given twice the last counts. */
function lastOf(sections: readonly CorosyncSection[], key: string): Value | undefined {
  return sections.flatMap(({ entries }) => entries).findLast((one) => one.key === key);
}
