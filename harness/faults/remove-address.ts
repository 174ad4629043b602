import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { Address6 } from 'ip-address';
import { InputError } from '../ground/errors.ts';
import type { LabTime } from '../ground/time.ts';
import type { ChangeTime, NodeAddress } from '../lab/agent-shapes.ts';
import type { AddressRestoring, GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { liveSystems } from '../systems/live.ts';
import type { ResolvedTarget, TargetForm } from '../systems/resolved-target.ts';
import { canonicalAddress } from '../topology/addresses.ts';
import { memberOf } from '../topology/member.ts';
import { cleanUp } from './clean-up.ts';

/** How long the component that shares the address has to take it up: IPaddr2's agent advises to look every 10 s. */
const HEIR_WAIT_S = 12;
const RESTORE_TIMEOUT_MS = 30_000;

/** An address is deleted without the knowledge of the component that added it. Healing adds it again, unless a node has it. */
export const removeAddress: FaultKind = {
  kind: 'remove-address',
  summary: 'an address is deleted from a node, without the knowledge of the component that added it',
  targets: ['node', 'interface'],
  options: { address: 'which one, of IPv4 or IPv6 (the only one of the interface that is not its own)' },
  checkOptions: (options, form) => void addressOf(options, form),
  prepare: (lab, target, options) => new RemoveAddress(lab, target, addressOf(options, target.form)),
};

/** @throws InputError when it is not an address, or is missing where a whole node is the target. */
function addressOf({ address }: FaultOptions, form: TargetForm): string | undefined {
  if (address === undefined) {
    if (form === 'interface') return undefined;
    throw new InputError('remove-address at a node needs the option address: which one is deleted');
  }
  const family = isIP(address);
  if (family === 4) return address;
  if (family === 6 && !address.includes('%')) return new Address6(address).correctForm();
  throw new InputError(`'${address}' is not an address such as 198.18.1.100 or 2001:db8::1`, {
    ...(address.includes('/') ? { remedy: 'leave the length of the prefix out' } : {}),
  });
}

class RemoveAddress implements Fault {
  // What a node forwards for others it goes on forwarding.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly spares_processes = true;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #node: LabNode;
  readonly #interface: string | undefined;
  readonly #key = randomUUID();
  #address: string | undefined;
  #removed: { before_ns: LabTime; addresses: string[] } | undefined;

  constructor(lab: Lab, target: ResolvedTarget, address: string | undefined) {
    if (target.form !== 'node' && target.form !== 'interface')
      throw new InputError('remove-address is aimed at a node or one of its interfaces');
    this.#lab = lab;
    this.#node = lab.node(target.node);
    this.#interface = target.form === 'interface' ? target.interface : undefined;
    this.#address = address;
    this.victims = [this.#node];
    this.guard = [{ step: 'restore_address', args: this.#restoring() }];
  }

  get label(): string {
    const where = this.#interface ? `${this.#node.name}:${this.#interface}` : this.#node.name;
    return `removal of ${this.#address ?? 'the address'} from ${where}`;
  }

  /** @throws InputError telling which addresses there are, when it is not clear which one is meant. */
  async apply(): Promise<ChangeTime> {
    const { name, pid } = this.#node;
    if (pid === 0) throw new InputError(`node '${name}' does not run`);
    const { interface: place, address } = await this.#choose();
    this.#address = address;
    const watched = await this.#lab.agent.call('held_addresses', {});
    // So that its going is on record. A node that shares addresses with others is watched anyway.
    if (!(name in watched)) await this.#lab.agent.call('watch_addresses', { node: name, pid });
    const others = this.#pids().filter((other) => other !== pid);
    const change = { key: this.#key, pid, interface: place, address, others };
    const { removed, ...at } = await this.#lab.agent.call('remove_address', change);
    this.#removed = { before_ns: at.before_ns, addresses: removed };
    return at;
  }

  /** The kernel has reported that it went. The component that keeps it may have put it back since. */
  async verifyApplied(): Promise<Doubt> {
    const { before_ns, addresses } = this.#removed ?? { before_ns: 0, addresses: [] };
    return waitForEffect(async () => {
      const events = await this.#lab.agent.call('address_events', { since_ns: before_ns });
      const gone = events.filter(({ node, change }) => node === this.#node.name && change === 'removed');
      const stays = addresses.filter((one) => !gone.some(({ address }) => address === one));
      return stays.length > 0 ? `${stays.join(', ')} is still there` : undefined;
    });
  }

  /**
   * Waits for the system that the address may belong to: put back at once, it could have two owners.
   */
  async heal(): Promise<void> {
    if (!this.#removed) return;
    await cleanUp(this.#lab, this.#node);
    await this.#lab.agent.call('restore_address', this.#restoring(), RESTORE_TIMEOUT_MS);
    await cleanUp(this.#lab, this.#node);
  }

  verifyHealed(): Promise<Doubt> {
    return waitForEffect(async () => {
      const left = await this.#lab.agent.call('missing_addresses', { key: this.#key, pids: this.#pids() });
      return left.length > 0 ? `no node has ${left.join(', ')}` : undefined;
    });
  }

  async #choose(): Promise<NodeAddress> {
    const { name, pid } = this.#node;
    const all = await this.#lab.agent.call('addresses_of', { pid });
    const here = all.filter((one) => this.#interface === undefined || one.interface === this.#interface);
    const meant = here.filter((one) =>
      this.#address === undefined ? this.#isGuest(one) : one.address === this.#address,
    );
    const [one, ...more] = meant;
    if (one && more.length === 0) return one;
    const where = this.#interface ? `${name}:${this.#interface}` : `'${name}'`;
    const known = here.map((each) => `${each.address} (${each.interface})`).join(', ') || 'none';
    if (this.#address !== undefined) {
      const problem = one ? `has ${this.#address} more than once` : `does not have ${this.#address}`;
      throw new InputError(`${where} ${problem}; its addresses are ${known}`);
    }
    const problem = one ? 'has more than one address' : 'has no address';
    throw new InputError(`${where} ${problem} that is not its own; its addresses are ${known}`, {
      remedy: 'name one by the option address',
    });
  }

  /** Not what the topology gives the node, nor what the kernel gives every link. */
  #isGuest({ interface: place, address }: NodeAddress): boolean {
    if (address.startsWith('fe80:') || place === 'lo') return false;
    const own = [
      ...memberOf(this.#lab.topology, this.#node.spec).addresses.map((one) => one.address),
      ...this.#node.ports.flatMap(({ ipv4, ipv6 }) => [ipv4, ipv6].filter((one) => one !== undefined)),
    ];
    return !own.some((one) => canonicalAddress(one) === address);
  }

  #restoring(): AddressRestoring {
    const { pid, spec } = this.#node;
    const is_shared = liveSystems.some((live) => live.sharesAddresses?.(spec));
    return { key: this.#key, pid, pids: this.#pids(), wait_s: is_shared ? HEIR_WAIT_S : 0 };
  }

  #pids(): number[] {
    return this.#lab.nodes.map(({ pid }) => pid).filter((pid) => pid > 0);
  }
}
