import { randomUUID } from 'node:crypto';
import { InputError } from '../ground/errors.ts';
import { wholeNumber } from '../ground/whole-number.ts';
import type { ChangeTime, DescriptorLimit } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeResolved, type ResolvedTarget } from '../systems/resolved-target.ts';
import { NamedProcesses } from './named-processes.ts';

const MOST_LEFT = 1_000_000;

/** A daemon can open no more files and sockets: it has as many as it may have. */
export const fdExhaust: FaultKind = {
  kind: 'fd-exhaust',
  summary: 'a process, by name, can open no more files or sockets (RLIMIT_NOFILE)',
  targets: ['process'],
  options: { left: 'how many more it may open (0)' },
  checkOptions: (options) => void leftOf(options),
  prepare: (lab, target, options) => new FdExhaust(lab, target, leftOf(options)),
};

/** @throws InputError when it is not a number. */
function leftOf({ left = '0' }: FaultOptions): number {
  const number = wholeNumber(left, 0, MOST_LEFT);
  if (number !== undefined) return number;
  throw new InputError(`left of fd-exhaust is a number from 0 to ${MOST_LEFT}, not '${left}'`);
}

class FdExhaust implements Fault {
  readonly label: string;
  // What a daemon does without new files is its own affair; what it has open stays.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #processes: NamedProcesses;
  readonly #left: number;
  readonly #key = randomUUID();
  #before: DescriptorLimit[] = [];
  #limited: DescriptorLimit[] = [];

  /** @throws InputError when the target is not a process. */
  constructor(lab: Lab, target: ResolvedTarget, left: number) {
    if (target.form !== 'process') throw new InputError('fd-exhaust is aimed at a process: NODE/PROCESS');
    this.#lab = lab;
    this.#left = left;
    this.#processes = new NamedProcesses(lab, target);
    this.victims = [this.#processes.node];
    this.guard = [{ step: 'undo_change', args: { key: this.#key } }];
    this.label = `no more files for ${describeResolved(target)}`;
  }

  /** @throws InputError listing what does run, when no process has that name. */
  async apply(): Promise<ChangeTime> {
    await this.#processes.require();
    this.#before = await this.#now();
    const { container_id } = this.#processes.node;
    const { name } = this.#processes;
    const args = { key: this.#key, container_id, name, left: this.#left };
    const done = await this.#lab.agent.call('exhaust_descriptors', args);
    this.#limited = done.processes;
    return done;
  }

  /** By the kernel's word; one that has ended since is not limited any more. */
  verifyApplied(): Promise<Doubt> {
    return this.#compare(this.#limited, ({ limit }) => `may still have ${limit} files open`);
  }

  async heal(): Promise<void> {
    await this.#lab.agent.call('undo_change', { key: this.#key });
  }

  /** What was started meanwhile never had the limit. */
  verifyHealed(): Promise<Doubt> {
    const gone = ({ limit }: DescriptorLimit) => `may still have ${limit} files open only`;
    return this.#compare(this.#before, gone, false);
  }

  #compare(
    wanted: readonly DescriptorLimit[],
    describe: (found: DescriptorLimit) => string,
    all_there = true,
  ): Promise<Doubt> {
    return waitForEffect(async () => {
      const now = await this.#now();
      for (const { pid, start_ticks, limit } of wanted) {
        const found = now.find((one) => one.pid === pid && one.start_ticks === start_ticks);
        const who = `${this.#processes.name} (process ${pid})`;
        if (!found && all_there) return `${who} has ended`;
        if (found && found.limit !== limit) return `${who} ${describe(found)}`;
      }
      return undefined;
    });
  }

  #now(): Promise<DescriptorLimit[]> {
    const { node, name } = this.#processes;
    return this.#lab.agent.call('descriptor_limits', { container_id: node.container_id, name });
  }
}
