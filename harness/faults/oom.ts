import { randomUUID } from 'node:crypto';
import { InputError } from '../ground/errors.ts';
import type { AgentOperations } from '../lab/agent-operations.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind } from '../systems/fault.ts';
import type { ResolvedTarget } from '../systems/resolved-target.ts';
import { departureOf } from './departure.ts';
import { NamedProcesses } from './named-processes.ts';

/** The kernel takes back what can be had otherwise before it ends anything. */
const KILL_TIMEOUT_S = 20;
const CALL_TIMEOUT_MS = 60_000;

/** A node runs out of memory, and the kernel ends a process for it: one, the largest of that name. */
export const oom: FaultKind = {
  kind: 'oom',
  summary: 'a node runs out of memory: the kernel ends its largest process of that name',
  targets: ['process'],
  options: {},
  prepare: (lab, target) => new OutOfMemory(lab, target),
};

class OutOfMemory implements Fault {
  readonly label: string;
  readonly loss: NonNullable<Fault['loss']>;
  readonly stops_forwarding = false;
  // What the kernel sends it.
  readonly signal = 'SIGKILL';
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #processes: NamedProcesses;
  readonly #key = randomUUID();
  #alone = false;
  #done: AgentOperations['run_out_of_memory'][1] | undefined;

  /** @throws InputError when the target is not a process. */
  constructor(lab: Lab, target: ResolvedTarget) {
    if (target.form !== 'process') throw new InputError('oom is aimed at a process: NODE/PROCESS');
    this.#lab = lab;
    this.#processes = new NamedProcesses(lab, target);
    const { node, name, guard } = this.#processes;
    this.victims = [node];
    this.guard = [{ step: 'undo_change', args: { key: this.#key } }, ...guard];
    this.loss = { node: node.name, kind: 'process', name, how: 'kill' };
    this.label = `out of memory: ${name} on ${node.name}`;
  }

  /** Of several processes of the name the others live on: what they do without that one is not known. */
  get departure(): Fault['departure'] {
    return this.#alone ? departureOf(this.#processes.name, 'SIGKILL') : undefined;
  }

  /** @throws InputError listing what does run, when no process has that name. */
  async apply(): Promise<ChangeTime> {
    await this.#processes.require();
    this.#alone = (await this.#processes.now()).length === 1;
    const { node, name } = this.#processes;
    const args = { key: this.#key, container_id: node.container_id, name, timeout_s: KILL_TIMEOUT_S };
    this.#done = await this.#lab.agent.call('run_out_of_memory', args, CALL_TIMEOUT_MS);
    return this.#done;
  }

  /** By the kernel's own count of processes that it has ended in the node's control group. */
  verifyApplied(): Promise<Doubt> {
    const { killed_before = 0, killed_after = 0, processes = [] } = this.#done ?? {};
    if (killed_after <= killed_before)
      return Promise.resolve('the kernel has not ended a process for lack of memory');
    const pids = new Set(processes.map(({ pid, start_ticks }) => `${pid} ${start_ticks}`));
    return waitForEffect(async () =>
      (await this.#processes.inNode()).some(({ pid, start_ticks }) => pids.has(`${pid} ${start_ticks}`))
        ? `${this.#processes.name} lives on`
        : undefined,
    );
  }

  async heal(): Promise<void> {
    await this.#lab.agent.call('undo_change', { key: this.#key }, CALL_TIMEOUT_MS);
    if (this.#done) await this.#processes.restore();
  }

  verifyHealed(): Promise<Doubt> {
    return this.#done ? this.#processes.missing() : Promise.resolve(undefined);
  }
}
