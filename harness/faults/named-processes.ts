import { type Cluster, clusterOf } from '../cluster/clusters.ts';
import { runInNode } from '../cluster/run-in-node.ts';
import { forgetFailures } from '../cluster/settle-cluster.ts';
import { EnvironmentError, InputError } from '../ground/errors.ts';
import { waitUntil } from '../ground/wait.ts';
import type { AgentOperations, GuardStep, ProcessInfo } from '../lab/agent.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { STOPPED } from './signals.ts';

const START_TIMEOUT_MS = 10_000;
/** Pacemaker may have an operation under way that it has to give up first (20 s, its default). */
const CLUSTER_TIMEOUT_MS = 40_000;
/** A service that has just died takes a start only when its supervisor has noticed. */
const ASK_AGAIN_MS = 1000;

function runs({ state }: ProcessInfo): boolean {
  return state !== STOPPED;
}

/** The processes of one name in a node: seen, signalled, started. */
export class NamedProcesses {
  readonly node: LabNode;
  readonly name: string;
  readonly #lab: Lab;

  constructor(lab: Lab, target: { node: string; process: string }) {
    this.#lab = lab;
    this.node = lab.node(target.node);
    this.name = target.process;
  }

  /** How the fabric starts them by itself. */
  get guard(): GuardStep[] {
    return [{ step: 'start_service', args: { container_id: this.node.container_id, name: this.name } }];
  }

  /** Those that run now, stopped ones too. */
  async now(): Promise<ProcessInfo[]> {
    return (await this.inNode()).filter((process) => this.#isNamed(process));
  }

  /** Every process of the node. */
  inNode(): Promise<ProcessInfo[]> {
    return this.#lab.agent.call('container_processes', { container_id: this.node.container_id });
  }

  /** @throws InputError listing what does run, when no process has that name. */
  async require(): Promise<void> {
    const running = await this.inNode();
    if (running.some((process) => this.#isNamed(process))) return;
    const names = [...new Set(running.map((process) => process.name))].sort().join(', ');
    throw new InputError(
      `no process named '${this.name}' runs on '${this.node.name}'; these do: ${names || 'none'}`,
    );
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

  /** Continues those that are stopped. */
  async resume(): Promise<void> {
    if ((await this.now()).some(({ state }) => state === STOPPED)) await this.signal('SIGCONT');
  }

  /** Whether one runs that is not stopped. */
  async isBack(): Promise<boolean> {
    if ((await this.now()).some(runs)) return true;
    const cluster = await this.#keeper();
    if (!cluster) return false;
    const everywhere = await Promise.all(
      cluster.members.map(({ name: node }) =>
        new NamedProcesses(this.#lab, { node, process: this.name }).now(),
      ),
    );
    return everywhere.flat().some(runs);
  }

  /**
   * Starts them and waits for them: by the cluster that keeps them, wherever it wants them to run; by the node's own
   * init; or the node is restarted where that knows no such service.
   */
  async start(): Promise<void> {
    const cluster = await this.#keeper();
    if (cluster) {
      await forgetFailures(this.#lab, cluster);
      await waitUntil({
        what: `cluster '${cluster.name}' to run ${this.name} again`,
        timeout_ms: CLUSTER_TIMEOUT_MS,
        check: () => this.isBack(),
        log: () => this.#lab.log(this.node.name),
      });
      return;
    }
    const started = await this.#ask();
    if (!started) await this.#restartNode();
    let asked_at = performance.now();
    await waitUntil({
      what: `${this.name} to run again on '${this.node.name}'`,
      timeout_ms: START_TIMEOUT_MS,
      check: async () => {
        if (await this.isBack()) return true;
        if (started && performance.now() - asked_at > ASK_AGAIN_MS) {
          asked_at = performance.now();
          await this.#ask();
        }
        return false;
      },
      log: () => this.#lab.log(this.node.name),
    });
  }

  /** The cluster that runs them; undefined when the node's own init does, or nobody that we know. */
  async #keeper(): Promise<Cluster | undefined> {
    const cluster = clusterOf(this.#lab, this.node);
    if (!cluster) return undefined;
    const service = await runInNode(this.#lab, this.node, ['test', '-e', `/etc/service/${this.name}`]);
    return service.status === 0 ? undefined : cluster;
  }

  #ask(): Promise<boolean> {
    return this.#lab.agent.call('start_service', { pid: this.node.pid, name: this.name });
  }

  /** By the kernel's name for it (15 characters at most, proc(5)) or by its program's file name. */
  #isNamed(process: ProcessInfo): boolean {
    return process.name === this.name || process.argv[0]?.split('/').at(-1) === this.name;
  }

  /** For images with no service manager that we know: the node is restarted whole. */
  async #restartNode(): Promise<void> {
    const container = this.#lab.engine.docker.getContainer(this.node.container_id);
    await container.stop({ t: 2 }).catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 304) throw new EnvironmentError(`node '${this.node.name}' does not stop`);
    });
    await this.#lab.startNode(this.node);
    await this.#lab.configureNode(this.node);
  }
}
