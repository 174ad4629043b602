import { InputError } from '../ground/errors.ts';
import type { AgentOperations } from '../lab/agent-operations.ts';
import type { ProcessInfo } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { ProcessKeeper } from '../lab/process-keeper.ts';
import { isNamed, processesOf } from '../lab/process-names.ts';
import { STOPPED } from '../lab/signals.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { keeperGuard, keeperOf } from './keeper-of.ts';

/** The processes of one name in a node: seen, signalled, brought back. */
export class NamedProcesses {
  readonly node: LabNode;
  readonly name: string;
  readonly #lab: Lab;
  #keeper: ProcessKeeper | undefined;

  constructor(lab: Lab, target: { node: string; process: string }) {
    this.#lab = lab;
    this.node = lab.node(target.node);
    this.name = target.process;
  }

  /** How the fabric brings them back by itself. */
  get guard(): GuardStep[] {
    return keeperGuard(this.#lab, this.node, this.name);
  }

  /** Those that run now, stopped ones too. */
  async now(): Promise<ProcessInfo[]> {
    return (await this.inNode()).filter((process) => isNamed(process, this.name));
  }

  /** Every process of the node. */
  inNode(): Promise<ProcessInfo[]> {
    return processesOf(this.#lab, this.node);
  }

  /**
   * To be asked before anything is done to them: finds out, too, who is to bring them back.
   * @throws InputError listing what does run, when no process has that name.
   */
  async require(): Promise<void> {
    const running = await this.inNode();
    if (!running.some((process) => isNamed(process, this.name))) {
      const names = [...new Set(running.map((process) => process.name))].sort().join(', ');
      throw new InputError(
        `no process named '${this.name}' runs on '${this.node.name}'; these do: ${names || 'none'}`,
      );
    }
    this.#keeper = await keeperOf(this.#lab, this.node, this.name);
  }

  /** Sends all of them a signal at one stroke. */
  signal(signal_name: string): Promise<AgentOperations['kill_named'][1]> {
    const { container_id } = this.node;
    return this.#lab.agent.call('kill_named', { container_id, name: this.name, signal_name });
  }

  /** Keeps the node's supervisor, where it has one that we know, from starting them again when they end. */
  async hold(): Promise<void> {
    await this.#lab.agent.call('hold_service', { pid: this.node.pid, name: this.name });
  }

  /** Continues those that are stopped, and has the component that keeps them start what has ended. */
  async restore(): Promise<void> {
    if ((await this.now()).some(({ state }) => state === STOPPED)) await this.signal('SIGCONT');
    await this.#keeper?.restore();
  }

  /** What of them does not run as before; nothing before `require`. */
  async missing(): Promise<Doubt> {
    return this.#keeper?.missing();
  }
}
