import { didYouMean } from '../../../ground/near-name.ts';
import { canonicalAddress } from '../../../topology/addresses.ts';
import { type HostNames, hasAddress, type Member } from '../../../topology/member.ts';
import type { Findings } from '../../file-findings.ts';
import { type CorosyncValue, lastOf, sectionsOf } from './corosync-sections.ts';
import type { CorosyncSection } from './corosync-syntax.ts';

/** A `node` section of the nodelist. */
interface ListedNode {
  line: number;
  name: CorosyncValue | undefined;
  nodeid: CorosyncValue | undefined;
  rings: CorosyncValue[];
}

/** knet's own limit; the others take 32 bits (corosync 3.1, `corosync -t`). */
const MOST_KNET_ID = 65_535;
const MOST_ID = 2 ** 32 - 1;

/**
 * Checks the nodelist of a corosync.conf against the members of the cluster.
 * @returns how many nodes it has.
 */
export function checkNodelist(
  root: CorosyncSection,
  members: readonly Member[],
  names: HostNames,
  findings: Findings,
): number {
  const lists = sectionsOf(root, 'nodelist');
  const nodes = lists.flatMap((list) => sectionsOf(list, 'node')).map(listedNode);
  const totem = sectionsOf(root, 'totem');
  const transport = lastOf(totem, 'transport')?.value ?? 'knet';
  if (nodes.length > 0) new NodelistCheck(members, names, findings).run(nodes, lists[0]!.line);
  else if (transport !== 'udp' || totem.every((one) => sectionsOf(one, 'interface').length === 0)) {
    findings.problem(1, `there is no nodelist: ${transport} needs one with every member`);
  }
  checkIds(nodes, transport, findings);
  return nodes.length;
}

class NodelistCheck {
  readonly members: readonly Member[];
  readonly names: HostNames;
  readonly findings: Findings;

  constructor(members: readonly Member[], names: HostNames, findings: Findings) {
    this.members = members;
    this.names = names;
    this.findings = findings;
  }

  run(nodes: readonly ListedNode[], line: number): void {
    const all = this.members.map(({ name }) => name);
    const found = new Set<string>();
    for (const node of nodes) {
      const member = this.memberOf(node);
      const called = node.name?.value ?? node.rings[0]?.value ?? '';
      if (!member) {
        const known = `${didYouMean(called, all)}; its members are ${all.join(', ')}`;
        this.findings.problem(
          node.name?.line ?? node.line,
          `'${called}' in the nodelist is not a member of the cluster${known}`,
        );
        continue;
      }
      if (found.has(member.name))
        this.findings.problem(node.name?.line ?? node.line, `'${member.name}' is in the nodelist twice`);
      found.add(member.name);
      this.checkRings(node, member);
    }
    for (const name of all.filter((one) => !found.has(one))) {
      this.findings.problem(
        line,
        `member '${name}' of the cluster is not in the nodelist: give it a node section`,
      );
    }
  }

  private memberOf({ name, rings }: ListedNode): Member | undefined {
    if (name) return this.members.find((one) => one.name === name.value);
    return rings.map(({ value }) => this.ownerOf(value)).find(Boolean);
  }

  /** The member that an address or a host name belongs to; of several that have it, the one that is meant. */
  private ownerOf(value: string, meant?: Member): Member | undefined {
    const canonical = canonicalAddress(value);
    const addresses = canonical === undefined ? (this.names.get(value.toLowerCase()) ?? []) : [canonical];
    const owners = this.members.filter((one) => addresses.some((address) => hasAddress(one, address)));
    if (meant && owners.includes(meant)) return meant;
    return owners[0] ?? this.members.find(({ name }) => name === value);
  }

  private checkRings({ line, rings }: ListedNode, member: Member): void {
    if (rings.length === 0) {
      this.findings.problem(
        line,
        `'${member.name}' has no ring0_addr: the address at which the others find it`,
      );
    }
    for (const ring of rings) {
      const owner = this.ownerOf(ring.value, member);
      if (owner === member) continue;
      if (owner) this.findings.problem(ring.line, this.notOf(ring, member));
      else if (canonicalAddress(ring.value) === undefined) this.unresolved(ring, member);
      else this.unknownAddress(ring, member);
    }
  }

  private unresolved({ key, value, line }: CorosyncValue, member: Member): void {
    this.findings.note(
      line,
      `${key} ${value} is a host name: whether it resolves to '${member.name}' is looked up in the nodes`,
    );
  }

  private unknownAddress(ring: CorosyncValue, member: Member): void {
    // The addresses of IPv6 that a node gives itself are not in the topology.
    if (ring.value.includes(':')) return;
    const message = this.notOf(ring, member);
    if (member.may_have_more) this.findings.note(ring.line, `${message} in the topology`);
    else this.findings.problem(ring.line, message);
  }

  private notOf({ key, value }: CorosyncValue, { name, addresses }: Member): string {
    const own = addresses.map(({ interface: port, address }) => `${address.split('/', 1)[0]} (${port})`);
    const known = own.length > 0 ? `it has ${own.join(', ')}` : 'it has none in the topology';
    return `${key} ${value} is not an address of '${name}': ${known}`;
  }
}

function checkIds(nodes: readonly ListedNode[], transport: string, findings: Findings): void {
  const seen = new Set<number>();
  const is_knet = transport === 'knet';
  const most = is_knet ? MOST_KNET_ID : MOST_ID;
  for (const { nodeid, line } of nodes) {
    if (!nodeid) {
      if (is_knet) findings.problem(line, "this node has no nodeid: knet needs one, like 'nodeid: 1'");
      continue;
    }
    const id = /^\+?\d{1,10}$/.test(nodeid.value) ? Number(nodeid.value) : Number.NaN;
    // Without knet 0 is taken as none: corosync makes one of the address.
    if (id === 0 && !is_knet) continue;
    if (!(id >= 1 && id <= most)) {
      findings.problem(nodeid.line, `nodeid must be a whole number from 1 to ${most}, not '${nodeid.value}'`);
    } else if (seen.has(id)) {
      findings.problem(nodeid.line, `nodeid ${id} is another node's already: each has its own`);
    }
    seen.add(id);
  }
}

function listedNode(node: CorosyncSection): ListedNode {
  return {
    line: node.line,
    name: lastOf([node], 'name'),
    nodeid: lastOf([node], 'nodeid'),
    rings: node.entries.filter(({ key }) => /^ring[0-7]_addr$/.test(key)),
  };
}
