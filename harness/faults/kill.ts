import { InputError } from '../ground/errors.ts';
import type { ChangeTime, ProcessInfo } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { isDeadly, isStopping, STOPPED, signalName } from '../lab/signals.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind } from '../systems/fault.ts';
import type { ResolvedTarget } from '../systems/resolved-target.ts';
import { departureOf } from './departure.ts';
import { NamedProcesses } from './named-processes.ts';

/** A daemon dies: every process of that name in the node gets the signal, parents before children. */
export const kill: FaultKind = {
  kind: 'kill',
  summary: 'a process, by name, gets a signal (`signal`, default: SIGKILL)',
  targets: ['process'],
  options: { signal: 'SIGKILL, SIGTERM, ... (SIGKILL)' },
  checkOptions: ({ signal = 'SIGKILL' }) => void signalName(signal),
  foresee: (target, { signal = 'SIGKILL' }) => ({
    departure: target.kind === 'process' ? departureOf(target.process, signalName(signal)) : undefined,
    stops_forwarding: false,
    signal: signalName(signal),
  }),
  prepare: (lab, target, { signal = 'SIGKILL' }) => new Kill(lab, target, signalName(signal)),
};

/** One signal to the processes of one name. */
export class Kill implements Fault {
  readonly label: string;
  readonly departure: Fault['departure'];
  readonly loss: NonNullable<Fault['loss']>;
  // The kernel forwards, whatever daemon dies.
  readonly stops_forwarding = false;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly signal: string;
  readonly #processes: NamedProcesses;
  #killed: ProcessInfo[] = [];

  /** @throws InputError when the target is not a process. */
  constructor(lab: Lab, target: ResolvedTarget, signal: string) {
    if (target.form !== 'process') throw new InputError('kill is aimed at a process: NODE/PROCESS');
    this.#processes = new NamedProcesses(lab, target);
    this.signal = signal;
    const { node, name, guard } = this.#processes;
    this.victims = [node];
    this.guard = guard;
    this.departure = departureOf(name, signal);
    this.loss = { node: node.name, kind: 'process', name, how: isStopping(signal) ? 'hang' : 'kill' };
    this.label = `${signal} to ${name} on ${node.name}`;
  }

  /** @throws InputError listing what does run, when no process has that name. */
  async apply(): Promise<ChangeTime> {
    await this.#processes.require();
    const done = await this.#processes.signal(this.signal);
    this.#killed = done.processes;
    return done;
  }

  async verifyApplied(): Promise<Doubt> {
    const stops = isStopping(this.signal);
    if (!stops && !isDeadly(this.signal)) return undefined;
    const pids = new Set(this.#killed.map((process) => process.pid));
    const spared = (process: ProcessInfo) => pids.has(process.pid) && !(stops && process.state === STOPPED);
    return waitForEffect(async () =>
      (await this.#processes.inNode()).some(spared)
        ? `${this.#processes.name} (process ${[...pids].join(', ')}) goes on after ${this.signal}`
        : undefined,
    );
  }

  /**
   * Back to health: what has not followed a signal to end is killed; what was stopped is continued; what has died and does not run
   * again is started by the component that keeps it, the node's init or a system under test.
   */
  async heal(): Promise<void> {
    if (this.#killed.length === 0) return;
    if (await this.#isEnding()) await this.#processes.signal('SIGKILL');
    await this.#processes.restore();
  }

  /** One that was told to end and still goes on would end later, when it was found to run and nobody starts it again. */
  async #isEnding(): Promise<boolean> {
    if (!isDeadly(this.signal)) return false;
    const pids = new Set(this.#killed.map(({ pid }) => pid));
    return (await this.#processes.now()).some(({ pid }) => pids.has(pid));
  }

  verifyHealed(): Promise<Doubt> {
    return this.#processes.missing();
  }
}
