import { InputError } from '../ground/errors.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind } from '../systems/fault.ts';
import { describeResolved, nodesOf, type ResolvedTarget } from '../systems/resolved-target.ts';
import { departureOf } from './departure.ts';
import { Kill } from './kill.ts';
import { NamedProcesses } from './named-processes.ts';
import { endContainer, notWhole, restartGuard, startAllAgain, stillOn } from './node-power.ts';

/** As long as an engine that stops a container in good order would wait, and some. */
const END_TIMEOUT_S = 15;

/** Shut down in good order: everybody has the time to say goodbye. Healing starts it again. */
export const stop: FaultKind = {
  kind: 'stop',
  summary: 'a process, node or host is shut down in good order (SIGTERM)',
  targets: ['process', 'node', 'host'],
  options: {},
  foresee: (target) =>
    target.kind === 'process'
      ? { departure: departureOf(target.process, 'SIGTERM'), stops_forwarding: false, signal: 'SIGTERM' }
      : { departure: 'graceful', stops_forwarding: true },
  prepare: (lab, target) =>
    target.form === 'process' ? new StopProcess(lab, target, 'SIGTERM') : new StopNodes(lab, target),
};

/** Processes of one name that are ended, and stay so. */
export class StopProcess implements Fault {
  readonly label: string;
  readonly stops_forwarding = false;
  readonly #processes: NamedProcesses;
  readonly #kill: Kill;

  constructor(lab: Lab, target: ResolvedTarget & { form: 'process' }, signal: string) {
    this.#kill = new Kill(lab, target, signal);
    this.#processes = new NamedProcesses(lab, target);
    this.label = `stop of ${describeResolved(target)}`;
  }

  get signal(): string {
    return this.#kill.signal;
  }

  get departure(): Fault['departure'] {
    return this.#kill.departure;
  }

  get guard(): readonly GuardStep[] {
    return this.#kill.guard;
  }

  get victims(): readonly LabNode[] {
    return this.#kill.victims;
  }

  async apply(): Promise<ChangeTime> {
    await this.#processes.hold();
    return this.#kill.apply();
  }

  /** One that something starts again at once is not stopped. */
  async verifyApplied(): Promise<Doubt> {
    const doubt = await this.#kill.verifyApplied();
    if (doubt) return doubt;
    const { name, node } = this.#processes;
    const again = (await this.#processes.now()).map(({ pid }) => pid);
    return again.length > 0
      ? `${name} runs again on ${node.name} (process ${again.join(', ')}): something there starts it`
      : undefined;
  }

  heal(): Promise<void> {
    return this.#kill.heal();
  }

  verifyHealed(): Promise<Doubt> {
    return this.#kill.verifyHealed();
  }
}

/** Nodes whose first process is asked to end, as an engine does that stops a container. */
export class StopNodes implements Fault {
  readonly label: string;
  readonly departure = 'graceful';
  readonly stops_forwarding = true;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  #asked: LabNode[] = [];
  #pids: number[] = [];
  #living: number[] = [];

  constructor(lab: Lab, target: ResolvedTarget) {
    this.#lab = lab;
    this.victims = nodesOf(lab, target);
    this.guard = restartGuard(this.victims);
    this.label = `stop of ${describeResolved(target)}`;
  }

  /** Waits until they have ended, 15 s at most. @throws InputError when none of them runs. */
  async apply(): Promise<ChangeTime> {
    this.#asked = this.victims.filter((node) => node.pid > 0);
    this.#pids = this.#asked.map((node) => node.pid);
    if (this.#asked.length === 0)
      throw new InputError(`${this.victims.map((node) => node.name).join(', ')} does not run`);
    const nodes = this.#asked.map(({ pid, ports }) => ({ pid, ports: ports.map(({ port }) => port) }));
    const done = await this.#lab.agent.call('shut_down', { nodes, timeout_s: END_TIMEOUT_S });
    this.#living = done.living;
    return done;
  }

  async verifyApplied(): Promise<Doubt> {
    const living = this.#asked.filter(({ pid }) => this.#living.includes(pid)).map(({ name }) => name);
    if (living.length > 0) return `${living.join(', ')} runs on ${END_TIMEOUT_S} s after SIGTERM`;
    const doubt = await stillOn(this.#lab, this.#asked, this.#pids);
    if (doubt) return doubt;
    return waitForEffect(async () => {
      for (const node of this.#asked)
        if (await this.#lab.isRunning(node)) return `the engine says that ${node.name} runs`;
      return undefined;
    });
  }

  heal(): Promise<void> {
    return startAllAgain(this.#lab, this.#asked, this.#pids, async (node) => {
      if (this.#living.includes(node.pid)) await endContainer(this.#lab, node, 0);
    });
  }

  verifyHealed(): Promise<Doubt> {
    return notWhole(this.#lab, this.#asked);
  }
}
