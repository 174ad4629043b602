import { EnvironmentError } from '../../../ground/errors.ts';
import { waitUntil } from '../../../ground/wait.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import type { ProcessKeeper } from '../../../lab/process-keeper.ts';
import { runsOn } from '../../../lab/process-names.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import type { Doubt } from '../../../lab/wait-for-effect.ts';
import { waitForEffect } from '../../../lab/wait-for-effect.ts';
import type { Cluster } from './clusters.ts';
import { forgetFailures } from './settle-cluster.ts';

/** A start or a stop that is under way may take its timeout, 20 s as agents advise, before another is tried. */
const TIMEOUT_MS = 40_000;
const POLL_MS = 100;
const SHOW = ['crm_mon', '-1', '-r', '-f'];

/** Processes that a resource agent has started: the cluster starts them again, on the member that it chooses. */
export class ClusterKeeper implements ProcessKeeper {
  readonly #lab: Lab;
  readonly #cluster: Cluster;
  readonly #name: string;
  /** On how many members they ran. */
  readonly #before: number;

  private constructor(lab: Lab, cluster: Cluster, name: string, before: number) {
    this.#lab = lab;
    this.#cluster = cluster;
    this.#name = name;
    this.#before = before;
  }

  /** Notes on how many members they run now: of a cloned resource on several. */
  static async watch(lab: Lab, cluster: Cluster, name: string): Promise<ClusterKeeper> {
    const keeper = new ClusterKeeper(lab, cluster, name, 0);
    return new ClusterKeeper(lab, cluster, name, (await keeper.#where()).length);
  }

  /**
   * The cluster is asked to forget what failed: before, so that it may use every member, and when they run, so that the
   * next failure is judged as the first one was.
   */
  async restore(): Promise<void> {
    await forgetFailures(this.#lab, this.#cluster);
    await waitUntil({
      what: `cluster '${this.#cluster.name}' to run ${this.#name} again`,
      timeout_ms: TIMEOUT_MS,
      interval_ms: POLL_MS,
      check: async () => (await this.#doubt()) === undefined,
      log: () => this.#show(),
    });
    await forgetFailures(this.#lab, this.#cluster);
  }

  missing(): Promise<Doubt> {
    return waitForEffect(() => this.#doubt());
  }

  async #doubt(): Promise<Doubt> {
    const where = await this.#where();
    if (where.length >= this.#before) return undefined;
    const there = where.length > 0 ? `only on ${where.map(({ name }) => name).join(', ')}` : 'nowhere';
    return `${this.#name} runs ${there} in cluster '${this.#cluster.name}'`;
  }

  /** The members on which they run. */
  async #where(): Promise<LabNode[]> {
    const { members } = this.#cluster;
    const running = await Promise.all(members.map((node) => runsOn(this.#lab, node, this.#name)));
    return members.filter((_, at) => running[at]);
  }

  /** What the cluster says of itself, for people. */
  async #show(): Promise<string> {
    for (const node of this.#cluster.members.filter(({ pid }) => pid > 0)) {
      try {
        const { status, stdout } = await runInNode(this.#lab, node, SHOW);
        if (status === 0) return stdout.trim();
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error;
      }
    }
    return 'no member answers crm_mon';
  }
}
