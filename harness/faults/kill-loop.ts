import { randomUUID } from 'node:crypto';
import { EnvironmentError, InputError } from '../ground/errors.ts';
import { parseDurationMs } from '../ground/time.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { endingSignal } from '../lab/signals.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import type { ResolvedTarget } from '../systems/resolved-target.ts';
import { departureOf } from './departure.ts';
import { NamedProcesses } from './named-processes.ts';

const MOST_LIVES_MS = 60_000;

/** A daemon that crashes as soon as it is started, until the fault is healed. */
export const killLoop: FaultKind = {
  kind: 'kill-loop',
  summary: 'a process, by name, is killed, and again whenever it is started meanwhile',
  targets: ['process'],
  options: {
    signal: 'SIGKILL, SIGTERM, ... (SIGKILL)',
    lives: 'how long one that was started again lives, up to 60s (0s)',
    supervised: "yes: the node's runit starts it whenever it ends, for the time of the fault (no)",
  },
  checkOptions: (options) => void readOptions(options),
  foresee(target, options) {
    const { signal } = readOptions(options);
    const departure = target.kind === 'process' ? departureOf(target.process, signal) : undefined;
    return { departure, stops_forwarding: false, signal };
  },
  prepare: (lab, target, options) => new KillLoop(lab, target, readOptions(options)),
};

interface LoopOptions {
  signal: string;
  lives_ms: number;
  supervised: boolean;
}

/** @throws InputError for what does not fit. */
function readOptions({ signal = 'SIGKILL', lives = '0s', supervised = 'no' }: FaultOptions): LoopOptions {
  const lives_ms = parseDurationMs(lives);
  if (lives_ms > MOST_LIVES_MS)
    throw new InputError(`in a kill-loop a process lives for 60s at most, not ${lives}`);
  if (supervised !== 'yes' && supervised !== 'no')
    throw new InputError(`supervised of kill-loop is yes or no, not '${supervised}'`);
  return { signal: endingSignal(signal), lives_ms, supervised: supervised === 'yes' };
}

class KillLoop implements Fault {
  readonly label: string;
  readonly departure: Fault['departure'];
  readonly loss: NonNullable<Fault['loss']>;
  // The kernel forwards, whatever daemon dies.
  readonly stops_forwarding = false;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly signal: string;
  readonly #lab: Lab;
  readonly #processes: NamedProcesses;
  readonly #options: LoopOptions;
  readonly #key = randomUUID();
  #begun = false;

  /** @throws InputError when the target is not a process. */
  constructor(lab: Lab, target: ResolvedTarget, options: LoopOptions) {
    if (target.form !== 'process') throw new InputError('kill-loop is aimed at a process: NODE/PROCESS');
    this.#lab = lab;
    this.#options = options;
    this.signal = options.signal;
    this.#processes = new NamedProcesses(lab, target);
    const { node, name, guard } = this.#processes;
    this.victims = [node];
    // The steps of one guard are done in their order.
    this.guard = [{ step: 'undo_change', args: { key: this.#key } }, ...guard];
    this.departure = departureOf(name, options.signal);
    this.loss = { node: node.name, kind: 'process', name, how: 'kill' };
    this.label = `${options.signal} to ${name} on ${node.name}, again and again`;
  }

  /** @throws InputError listing what does run, when no process has that name; EnvironmentError without a supervisor. */
  async apply(): Promise<ChangeTime> {
    await this.#processes.require();
    const { node, name } = this.#processes;
    const { signal, lives_ms, supervised } = this.#options;
    const key = this.#key;
    this.#begun = true;
    if (supervised && !(await this.#lab.agent.call('supervise_service', { key, pid: node.pid, name })))
      throw new EnvironmentError(`node '${node.name}' has no supervisor that starts '${name}' (runit)`);
    const { container_id } = node;
    const args = { key, container_id, name, signal_name: signal, lives_s: lives_ms / 1000 };
    return this.#lab.agent.call('kill_again', args);
  }

  /** It has killed, and goes on; one that was started again may live as long as was asked for. */
  verifyApplied(): Promise<Doubt> {
    return waitForEffect(async () => {
      const loop = await this.#lab.agent.call('kill_loop', { key: this.#key });
      if (!loop || loop.killed === 0) return 'nothing was killed';
      const { name, node } = this.#processes;
      const may_live = this.#options.lives_ms > 0;
      return loop.running > 0 && !may_live ? `${name} lives on on ${node.name}` : undefined;
    });
  }

  async heal(): Promise<void> {
    if (!this.#begun) return;
    await this.#lab.agent.call('undo_change', { key: this.#key });
    await this.#processes.restore();
  }

  async verifyHealed(): Promise<Doubt> {
    const loop = await this.#lab.agent.call('kill_loop', { key: this.#key });
    return loop ? 'it is still killed whenever it is started' : this.#processes.missing();
  }
}
