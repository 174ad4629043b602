import { randomBytes, randomUUID } from 'node:crypto';
import { isIP } from 'node:net';
import { InputError } from '../ground/errors.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { type Doubt, waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultOptions } from '../systems/fault.ts';
import { optionTime_ms } from './option-time.ts';

/** What a stranger does, as the agent is asked for it. */
export interface Deed {
  bridge: string;
  owns: string | null;
  announces: string | null;
  to_mac: string | null;
  poses_as: string | null;
  every_ms: number;
}

/** A stranger at its work: which lab, under which key and MAC address. */
export interface AtWork {
  lab: Lab;
  key: string;
  mac: string;
}

/** A machine that the topology does not know plugs itself into a network, and misbehaves. No node is touched. */
export class StrangerFault implements Fault {
  readonly label: string;
  // The nodes keep what they have; who believes the stranger does not reach them.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly outside = 'the stranger is no node';
  readonly spares_processes = true;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #at_work: AtWork;
  readonly #deed: Deed;
  readonly #seen: (stranger: AtWork) => Promise<Doubt>;

  /** @param seen what of the stranger's work is not there yet. */
  constructor(
    lab: Lab,
    { label, victims, deed }: { label: string; victims: readonly LabNode[]; deed: Deed },
    seen: (stranger: AtWork) => Promise<Doubt>,
  ) {
    const key = randomUUID();
    // Locally administered (IEEE 802), like those of nodes, and not like any of theirs.
    this.#at_work = { lab, key, mac: `02:66:${[...randomBytes(4)].map(hex).join(':')}` };
    this.#deed = deed;
    this.#seen = seen;
    this.victims = victims;
    this.guard = [{ step: 'remove_stranger', args: { key } }];
    this.label = label;
  }

  apply(): Promise<ChangeTime> {
    const { lab, key, mac } = this.#at_work;
    return lab.agent.call('add_stranger', { key, mac, ...this.#deed });
  }

  verifyApplied(): Promise<Doubt> {
    return waitForEffect(() => this.#seen(this.#at_work), { timeout_ms: 10_000, interval_ms: 50 });
  }

  async heal(): Promise<void> {
    const { lab, key } = this.#at_work;
    await lab.agent.call('remove_stranger', { key });
  }

  async verifyHealed(): Promise<Doubt> {
    const { lab, key } = this.#at_work;
    const port = await lab.agent.call('stranger_port', { key });
    return port === null ? undefined : `the stranger is still at port ${port}`;
  }
}

const hex = (byte: number) => byte.toString(16).padStart(2, '0');

/** @throws InputError without an address, and for what is none. */
export function claimedAddress(kind: string, { address }: FaultOptions): string {
  if (address === undefined)
    throw new InputError(`${kind} needs the option address: the one that is claimed`);
  if (isIP(address) === 0 || address.includes('%'))
    throw new InputError(`'${address}' is not an address`, { remedy: 'leave the length of the prefix out' });
  return address;
}

/** How often a stranger sends. @throws InputError unless it is from 10 ms to 60 s. */
export function pace(kind: string, { every }: FaultOptions, usual: string): number {
  return optionTime_ms(kind, 'every', every ?? usual, 10, 60_000);
}

/** Nodes among these whose kernels take an address to be at a MAC address. */
export async function believers(
  lab: Lab,
  nodes: readonly LabNode[],
  address: string,
  mac: string,
): Promise<LabNode[]> {
  const running = nodes.filter(({ pid }) => pid !== 0);
  const known = await Promise.all(running.map(({ pid }) => lab.agent.call('neighbours_of', { pid })));
  return running.filter((_, at) => known[at]!.some((one) => one.address === address && one.mac === mac));
}
