import { InputError } from '../ground/errors.ts';
import type { ChangeTime, ProcessInfo } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { STOPPED } from '../lab/signals.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind } from '../systems/fault.ts';
import { describeResolved, nodesOf, type ResolvedTarget } from '../systems/resolved-target.ts';
import { departureOf } from './departure.ts';
import { NamedProcesses } from './named-processes.ts';

/** Processes hang: they are there, hold what they hold, and do nothing. Healing lets them go on. */
export const hang: FaultKind = {
  kind: 'hang',
  summary: 'a process, or every process of a node or host, hangs: it is stopped and does nothing',
  targets: ['process', 'node', 'host'],
  options: {},
  foresee: (target) => ({
    departure: target.kind === 'process' ? departureOf(target.process, 'SIGSTOP') : 'abrupt',
    stops_forwarding: false,
    signal: 'SIGSTOP',
  }),
  prepare: (lab, target) => new Hang(lab, target),
};

class Hang implements Fault {
  readonly label: string;
  readonly departure: Fault['departure'];
  readonly loss?: NonNullable<Fault['loss']>;
  readonly signal = 'SIGSTOP';
  // A stopped process does not stop the kernel from forwarding.
  readonly stops_forwarding = false;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  /** undefined: every process of the victims. */
  readonly #named: NamedProcesses | undefined;
  readonly #which: { container_ids: string[]; name: string | null };
  #hung: ProcessInfo[] = [];

  constructor(lab: Lab, target: ResolvedTarget) {
    this.#lab = lab;
    this.victims = nodesOf(lab, target);
    this.#named = target.form === 'process' ? new NamedProcesses(lab, target) : undefined;
    this.#which = {
      container_ids: this.victims.map((node) => node.container_id),
      name: this.#named?.name ?? null,
    };
    this.guard = [{ step: 'continue_processes', args: this.#which }];
    this.departure = this.#named ? departureOf(this.#named.name, 'SIGSTOP') : 'abrupt';
    if (target.form === 'process')
      this.loss = { node: target.node, kind: 'process', name: target.process, how: 'hang' };
    this.label = `hang of ${describeResolved(target)}`;
  }

  /** @throws InputError when there is nothing that could hang. */
  async apply(): Promise<ChangeTime> {
    await this.#named?.require();
    const done = await this.#lab.agent.call('hang', this.#which);
    this.#hung = done.processes;
    if (this.#hung.length > 0) return done;
    throw new InputError(`no process runs on ${this.victims.map((node) => node.name).join(', ')}`);
  }

  async verifyApplied(): Promise<Doubt> {
    const pids = new Set(this.#hung.map((process) => process.pid));
    return waitForEffect(async () => {
      const going = (await this.#now()).filter(({ pid, state }) => pids.has(pid) && state !== STOPPED);
      return going.length > 0 ? `${describe(going)} goes on` : undefined;
    });
  }

  async heal(): Promise<void> {
    if (this.#hung.length === 0) return;
    await this.#lab.agent.call('resume', this.#which);
    // A watchdog may have ended it meanwhile.
    await this.#named?.restore();
  }

  async verifyHealed(): Promise<Doubt> {
    return waitForEffect(async () => {
      const stopped = (await this.#now()).filter(({ state }) => state === STOPPED);
      if (stopped.length > 0) return `${describe(stopped)} is still stopped`;
      return this.#named?.missing();
    });
  }

  async #now(): Promise<ProcessInfo[]> {
    if (this.#named) return this.#named.now();
    const nodes = await Promise.all(
      this.#which.container_ids.map((container_id) =>
        this.#lab.agent.call('container_processes', { container_id }),
      ),
    );
    return nodes.flat();
  }
}

function describe(processes: readonly ProcessInfo[]): string {
  return processes.map(({ name, pid }) => `${name} (process ${pid})`).join(', ');
}
