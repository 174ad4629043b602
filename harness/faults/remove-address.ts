import { Address4 } from 'ip-address';
import { InputError } from '../ground/errors.ts';
import type { ChangeTime, GuardStep, HeldAddress } from '../lab/agent.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt, Fault, FaultKind, FaultOptions } from './fault.ts';
import type { ResolvedTarget } from './resolve-target.ts';
import { settle } from './settle.ts';

/** An address is deleted behind the back of whoever put it there. Reverting puts it back, unless somebody has it. */
export const removeAddress: FaultKind = {
  kind: 'remove-address',
  summary: 'an address is deleted from a node, behind the back of who put it there',
  targets: ['node', 'interface'],
  options: { address: 'the IPv4 address that is deleted; there is no default' },
  checkOptions: (options) => void addressOf(options),
  prepare: (lab, target, options) => new RemoveAddress(lab, target, addressOf(options)),
};

/** @throws InputError when it is missing or no address. */
function addressOf({ address }: FaultOptions): string {
  if (address === undefined)
    throw new InputError('remove-address needs the option address: which one is deleted');
  if (!Address4.isValid(address) || address.includes('/')) {
    throw new InputError(`'${address}' is no IPv4 address such as 198.18.1.100`);
  }
  return address;
}

class RemoveAddress implements Fault {
  readonly label: string;
  // What a node forwards for others it goes on forwarding.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #node: LabNode;
  readonly #held: HeldAddress;
  #applied: ChangeTime | undefined;

  /** @throws InputError when no interface of the node is in the network of the address. */
  constructor(lab: Lab, target: ResolvedTarget, address: string) {
    if (target.form !== 'node' && target.form !== 'interface') {
      throw new InputError('remove-address is aimed at a node or one of its interfaces');
    }
    this.#lab = lab;
    this.#node = lab.node(target.node);
    const port = this.#node.ports.find(
      ({ interface: name, ipv4 }) =>
        (target.form === 'node' || target.interface === name) &&
        ipv4 !== undefined &&
        new Address4(address).isInSubnet(new Address4(ipv4)),
    );
    if (!port) {
      const where = target.form === 'node' ? 'no interface' : `interface ${target.interface}`;
      throw new InputError(
        `${where} of '${target.node}' is ${target.form === 'node' ? '' : 'not '}in a network of ${address}`,
      );
    }
    const prefix = new Address4(port.ipv4!).subnetMask;
    this.#held = { pid: this.#node.pid, interface: port.interface, address, prefix };
    this.victims = [this.#node];
    this.label = `removal of ${address} from ${this.#node.name}:${port.interface}`;
  }

  get guard(): readonly GuardStep[] {
    return [{ step: 'restore_address', args: { ...this.#held, pids: this.#pids() } }];
  }

  async apply(): Promise<ChangeTime> {
    const { pid, interface: name, address } = this.#held;
    const { prefix, ...at } = await this.#lab.agent.call('remove_address', { pid, interface: name, address });
    this.#held.prefix = prefix;
    this.#applied = at;
    return at;
  }

  /** The kernel has done it when the call returns; whoever minds may have put it back by now. */
  verifyApplied(): Promise<Doubt> {
    return Promise.resolve(undefined);
  }

  async revert(): Promise<void> {
    if (!this.#applied) return;
    await this.#lab.agent.call('restore_address', { ...this.#held, pid: this.#node.pid, pids: this.#pids() });
    this.#applied = undefined;
  }

  verifyReverted(): Promise<Doubt> {
    return settle(async () => {
      const held = await this.#lab.agent.call('held_addresses', {});
      const { address } = this.#held;
      // Nodes that share no address with others are not watched.
      const watched = this.#node.name in held;
      const is_held = Object.values(held).some((addresses) => addresses.includes(address));
      return watched && !is_held ? `no node has ${address}` : undefined;
    });
  }

  #pids(): number[] {
    return this.#lab.nodes.map(({ pid }) => pid).filter((pid) => pid > 0);
  }
}
