import { constants } from 'node:os';
import { EnvironmentError, InputError } from '../ground/errors.ts';
import { waitUntil } from '../ground/wait.ts';
import type { ChangeTime, GuardStep, ProcessInfo } from '../lab/agent.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt, Fault, FaultKind, FaultOptions } from './fault.ts';
import type { ResolvedTarget } from './resolve-target.ts';
import { settle } from './settle.ts';

const RESTART_TIMEOUT_MS = 10_000;
/** Signals that end a process unless it handles them: what `verifyApplied` can expect of them. */
const DEADLY = new Set(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGABRT', 'SIGSEGV']);

/** Signals that no process can refuse to be stopped by, or would want to. */
const STOPPING = new Set(['SIGSTOP', 'SIGTSTP']);
/** The kernel's letter for a stopped process (proc(5)). */
const STOPPED = 'T';

/** A daemon dies: every process of that name in the node gets the signal, parents before children. */
export const kill: FaultKind = {
  kind: 'kill',
  summary: 'a process, by name, gets a signal (SIGKILL unless `signal` says otherwise)',
  targets: ['process'],
  options: { signal: 'SIGKILL, SIGTERM, ... (SIGKILL)' },
  checkOptions: ({ signal }) => void (signal === undefined || signalName(signal)),
  prepare: (lab, target, options) => new Kill(lab, target, options),
};

class Kill implements Fault {
  readonly label: string;
  readonly departure: Fault['departure'];
  // The kernel forwards, whatever daemon dies.
  readonly stops_forwarding = false;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #node: LabNode;
  readonly #process: string;
  readonly #signal: string;
  #killed: ProcessInfo[] = [];

  constructor(lab: Lab, target: ResolvedTarget, options: FaultOptions) {
    if (target.form !== 'process') throw new InputError('kill is aimed at a process: NODE/PROCESS');
    this.#lab = lab;
    this.#node = lab.node(target.node);
    this.#process = target.process;
    this.#signal = signalName(options.signal ?? 'SIGKILL');
    this.victims = [this.#node];
    const { container_id } = this.#node;
    this.guard = [{ step: 'start_service', args: { container_id, name: this.#process } }];
    this.departure = departureOf(this.#process, this.#signal);
    this.label = `${this.#signal} to ${this.#process} on ${this.#node.name}`;
  }

  /** @throws InputError listing what does run, when no process has that name. */
  async apply(): Promise<ChangeTime> {
    const running = await this.#running();
    if (!running.some((process) => this.#isNamed(process))) {
      const names = [...new Set(running.map((process) => process.name))].sort().join(', ');
      throw new InputError(
        `no process named '${this.#process}' runs on '${this.#node.name}'; these do: ${names || 'none'}`,
      );
    }
    const done = await this.#lab.agent.call('kill_named', {
      container_id: this.#node.container_id,
      name: this.#process,
      signal_name: this.#signal,
    });
    this.#killed = done.processes;
    return done;
  }

  async verifyApplied(): Promise<Doubt> {
    const stops = STOPPING.has(this.#signal);
    if (!stops && !DEADLY.has(this.#signal)) return undefined;
    const pids = new Set(this.#killed.map((process) => process.pid));
    const spared = (process: ProcessInfo) => pids.has(process.pid) && !(stops && process.state === STOPPED);
    return settle(async () =>
      (await this.#running()).some(spared)
        ? `${this.#process} (process ${[...pids].join(', ')}) goes on after ${this.#signal}`
        : undefined,
    );
  }

  /**
   * Back to health: what was stopped is continued; what has died and was not restarted by the node's own
   * supervisor is started by its init.
   */
  async revert(): Promise<void> {
    if (this.#killed.length === 0) return;
    if ((await this.#running()).some((process) => this.#isNamed(process) && process.state === STOPPED)) {
      const { container_id } = this.#node;
      await this.#lab.agent.call('kill_named', { container_id, name: this.#process, signal_name: 'SIGCONT' });
    }
    if (await this.#isBack()) return;
    // runit's `once`: start it, and leave it dead if it dies again.
    const started = await this.#lab.exec(this.#node.name, ['sv', 'once', this.#process]);
    if (started.exit_code === 0) {
      await this.#waitBack();
      return;
    }
    await this.#restartNode();
  }

  async verifyReverted(): Promise<Doubt> {
    return (await this.#isBack()) ? undefined : `${this.#process} does not run on ${this.#node.name}`;
  }

  async #isBack(): Promise<boolean> {
    return (await this.#running()).some((process) => this.#isNamed(process) && process.state !== STOPPED);
  }

  #running(): Promise<ProcessInfo[]> {
    return this.#lab.agent.call('container_processes', { container_id: this.#node.container_id });
  }

  /** By the kernel's name for it (15 characters at most, proc(5)) or by its program's file name. */
  #isNamed(process: ProcessInfo): boolean {
    return process.name === this.#process || process.argv[0]?.split('/').at(-1) === this.#process;
  }

  async #waitBack(): Promise<void> {
    await waitUntil({
      what: `${this.#process} to run again on '${this.#node.name}'`,
      timeout_ms: RESTART_TIMEOUT_MS,
      check: () => this.#isBack(),
      log: () => this.#lab.log(this.#node.name),
    });
  }

  /** For images with no service manager that we know: the node is restarted whole. */
  async #restartNode(): Promise<void> {
    const container = this.#lab.engine.docker.getContainer(this.#node.container_id);
    await container.stop({ t: 2 }).catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 304) throw new EnvironmentError(`node '${this.#node.name}' does not stop`);
    });
    await this.#lab.startNode(this.#node);
    await this.#lab.configureNode(this.#node);
    await this.#waitBack();
  }
}

function signalName(text: string): string {
  const name = text.toUpperCase().startsWith('SIG') ? text.toUpperCase() : `SIG${text.toUpperCase()}`;
  if (name in constants.signals) return name;
  throw new InputError(`'${text}' is no signal; signals are ${Object.keys(constants.signals).join(', ')}`);
}

/** keepalived(8): SIGTERM makes it give up mastership with a priority 0 advert; SIGKILL gives it no chance to. */
function departureOf(process: string, signal: string): Fault['departure'] {
  if (process !== 'keepalived' || !(DEADLY.has(signal) || STOPPING.has(signal))) return undefined;
  return signal === 'SIGTERM' || signal === 'SIGINT' ? 'graceful' : 'abrupt';
}
