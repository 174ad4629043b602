import { waitUntil } from '../ground/wait.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { ProcessKeeper } from '../lab/process-keeper.ts';
import { runsOn } from '../lab/process-names.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { endContainer } from './node-power.ts';

const START_TIMEOUT_MS = 10_000;
/** A service that has just died takes a start only when its supervisor has noticed. */
const ASK_AGAIN_MS = 1000;

/** Processes that the node's own init starts, or that a restart of the node brings back. */
export class NodeKeeper implements ProcessKeeper {
  readonly #lab: Lab;
  readonly #node: LabNode;
  readonly #name: string;
  readonly #service: string;
  /** Services that need this one, to be started after it. */
  readonly #followers: readonly string[];

  constructor(lab: Lab, node: LabNode, name: string, service = name, followers: readonly string[] = []) {
    this.#lab = lab;
    this.#node = node;
    this.#name = name;
    this.#service = service;
    this.#followers = followers;
  }

  async restore(): Promise<void> {
    await this.#start(this.#name, this.#service);
    for (const follower of this.#followers) await this.#start(follower, follower);
  }

  async missing(): Promise<Doubt> {
    for (const name of [this.#name, ...this.#followers])
      if (!(await runsOn(this.#lab, this.#node, name))) return `${name} does not run on ${this.#node.name}`;
    return undefined;
  }

  /** By the node's own init; where that knows no such service the node is restarted. */
  async #start(name: string, service: string): Promise<void> {
    if (await runsOn(this.#lab, this.#node, name)) return;
    const started = await this.#ask(service);
    if (!started) await this.#restartNode();
    let asked_at = performance.now();
    await waitUntil({
      what: `${name} to run again on '${this.#node.name}'`,
      timeout_ms: START_TIMEOUT_MS,
      check: async () => {
        if (await runsOn(this.#lab, this.#node, name)) return true;
        if (started && performance.now() - asked_at > ASK_AGAIN_MS) {
          asked_at = performance.now();
          await this.#ask(service);
        }
        return false;
      },
      log: () => this.#lab.log(this.#node.name),
    });
  }

  #ask(service: string): Promise<boolean> {
    return this.#lab.agent.call('start_service', { pid: this.#node.pid, name: service });
  }

  /** For images with no service manager that we know: the node is restarted whole. */
  async #restartNode(): Promise<void> {
    await endContainer(this.#lab, this.#node, 2);
    await this.#lab.startNode(this.#node);
  }
}
