import { randomUUID } from 'node:crypto';
import { InputError } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { nodesOf, type ResolvedTarget } from '../systems/resolved-target.ts';
import { fabricPorts } from '../topology/ports.ts';
import type { Topology } from '../topology/topology.ts';
import { rulesAct, rulesGone } from './frame-fault.ts';

/** A network falls apart: groups of its nodes do not hear each other, every carrier is up. */
export const partition: FaultKind = {
  kind: 'partition',
  summary: 'the nodes of a network are split into groups that do not hear each other; carriers stay up',
  targets: ['network'],
  needs: () => ['nft bridge'],
  options: {
    groups:
      'nodes by group, such as r1,r2|r3; one in several groups, or in none, hears all (each node alone)',
  },
  checkOptions: (options) => void groupsOf(options),
  checkNames(options, target, topology) {
    if (target.kind === 'network')
      requireOn(target.network, groupsOf(options), nodesOn(target.network, topology));
  },
  prepare: (lab, target, options) => new Partition(lab, target, groupsOf(options)),
};

/** @returns undefined: each node alone. @throws InputError for what is no list of at least two groups. */
function groupsOf({ groups: text }: FaultOptions): string[][] | undefined {
  if (text === undefined) return undefined;
  const groups = text.split('|').map((group) => group.split(',').map((name) => name.trim()));
  if (groups.length < 2 || groups.flat().includes(''))
    throw new InputError(
      `the groups of partition are names of nodes, two groups at least, such as r1,r2|r3; not '${text}'`,
    );
  return groups;
}

/** @throws InputError for a name in the groups that is not of a node on the network. */
function requireOn(network: string, groups: string[][] | undefined, nodes: readonly string[]): void {
  const stranger = groups?.flat().find((name) => !nodes.includes(name));
  if (stranger !== undefined)
    throw new InputError(
      `network '${network}' has no node '${stranger}'${didYouMean(stranger, nodes)}; it has ${nodes.join(', ')}`,
    );
}

function nodesOn(network: string, topology: Topology): string[] {
  const on = fabricPorts(topology).ports.filter(({ bridge }) => bridge === network);
  return topology.nodes.map(({ name }) => name).filter((name) => on.some(({ node }) => node === name));
}

class Partition implements Fault {
  readonly label: string;
  // What daemons make of it depends on what they use the network for.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly outside = 'its rules are in the fabric';
  readonly spares_processes = true;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #pairs: [string, string][];
  readonly #key = randomUUID();

  /** @throws InputError for a name that is not of a node on the network, and where nobody is separated. */
  constructor(lab: Lab, target: ResolvedTarget, named: string[][] | undefined) {
    if (target.form !== 'network') throw new InputError('partition is aimed at a network: network:BRIDGE');
    const { network, nodes } = target;
    requireOn(network, named, nodes);
    const groups = named ?? nodes.map((name) => [name]);
    this.#lab = lab;
    this.victims = nodesOf(lab, target);
    this.#pairs = separated(this.victims, groups, network);
    if (this.#pairs.length === 0)
      throw new InputError(`these groups separate nobody on network '${network}'`, {
        remedy: 'name nodes that are in one group only',
      });
    this.guard = [{ step: 'remove_filter', args: { key: this.#key } }];
    this.label = `partition of network:${network} (${groups.map((group) => group.join(',')).join(' | ')})`;
  }

  apply(): Promise<ChangeTime> {
    return this.#lab.agent.call('add_partition', { key: this.#key, pairs: this.#pairs });
  }

  verifyApplied(): Promise<Doubt> {
    return rulesAct(this.#lab, this.#key);
  }

  async heal(): Promise<void> {
    await this.#lab.agent.call('remove_filter', { key: this.#key });
  }

  verifyHealed(): Promise<Doubt> {
    return rulesGone(this.#lab, this.#key);
  }
}

/** Ports between which nothing passes: of nodes that have groups, and none in common. */
function separated(
  nodes: readonly LabNode[],
  groups: readonly (readonly string[])[],
  network: string,
): [string, string][] {
  const ends = nodes.flatMap(({ name, ports }) =>
    ports
      .filter(({ bridge }) => bridge === network)
      .map(({ port }) => ({ port, groups: groups.filter((group) => group.includes(name)) })),
  );
  const apart = (one: (typeof ends)[number], other: (typeof ends)[number]) =>
    one.groups.length > 0 &&
    other.groups.length > 0 &&
    !one.groups.some((group) => other.groups.includes(group));
  return ends.flatMap((one) =>
    ends.filter((other) => apart(one, other)).map((other): [string, string] => [one.port, other.port]),
  );
}
