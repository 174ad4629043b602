import { EnvironmentError, InputError } from '../../../ground/errors.ts';
import type { ChangeTime } from '../../../lab/agent-shapes.ts';
import type { GuardStep } from '../../../lab/guard-steps.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { type CommandResult, runInNode } from '../../../lab/run-in-node.ts';
import { type Doubt, waitForEffect } from '../../../lab/wait-for-effect.ts';
import type { Fault, FaultKind } from '../../fault.ts';
import { describeResolved, type ResolvedTarget } from '../../resolved-target.ts';
import { type ClusterView, clusterState } from './cluster-view.ts';
import { type Cluster, clusterOf } from './clusters.ts';

/** A cluster manager is asked by a program, which costs the machine some, and may take its time. */
const CLUSTER_PACE = { timeout_ms: 30_000, interval_ms: 250 };

/** An administrator sets a member of a cluster to standby: whatever runs there is moved. Healing takes it back. */
export const standbyFault: FaultKind = {
  kind: 'standby',
  summary: 'a member of a cluster is set to standby (crm_standby): the cluster moves what runs there',
  targets: ['node'],
  options: {},
  prepare: (lab, target) => new Standby(lab, target),
};

class Standby implements Fault {
  readonly label: string;
  // Pacemaker moves resources; of virtual routers it knows nothing.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly outside = 'it is in the CIB of the cluster';
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #node: LabNode;
  /** Its members are asked in this order: the victim first. */
  readonly #cluster: Cluster;
  #tried = false;

  /** @throws InputError when the target is not a member of a cluster. */
  constructor(lab: Lab, target: ResolvedTarget) {
    if (target.form !== 'node') throw new InputError('standby is aimed at a node');
    this.#lab = lab;
    this.#node = lab.node(target.node);
    const cluster = clusterOf(lab, this.#node);
    if (!cluster) {
      throw new InputError(`standby: node '${target.node}' is not a member of a cluster`, {
        remedy: 'the label hadrill.cluster makes it one',
      });
    }
    const others = cluster.members.filter((node) => node !== this.#node);
    this.#cluster = { ...cluster, members: [this.#node, ...others] };
    this.victims = [this.#node];
    const container_ids = this.#cluster.members.map(({ container_id }) => container_id);
    this.guard = [{ step: 'run_in_node', args: { container_ids, argv: this.#command('-D') } }];
    this.label = `standby of ${describeResolved(target)}`;
  }

  /**
   * By the victim's own crm_standby(8) where that has quorum, else by another member's: the time is taken around it.
   * @throws InputError when the node is not online, or on standby already.
   */
  async apply(): Promise<ChangeTime> {
    const { name } = this.#node;
    const view = await clusterState(this.#lab, this.#cluster);
    if (!view) throw new EnvironmentError(`no member of cluster '${this.#cluster.name}' answers crm_mon`);
    const seen = view.state.nodes.find((node) => node.name === name);
    if (!seen?.online) throw new InputError(`'${name}' is not online in cluster '${this.#cluster.name}'`);
    // To heal would be to take back what somebody else has set.
    if (seen.standby) throw new InputError(`'${name}' is on standby already`);
    this.#tried = true;
    const { before_ns, after_ns } = await this.#run(view.node, '-v', 'on');
    return { before_ns, after_ns };
  }

  /** It is on standby, and nothing runs there any more that the cluster moves. */
  verifyApplied(): Promise<Doubt> {
    const { name } = this.#node;
    return this.#look(({ state }) => {
      if (!state.nodes.some((node) => node.name === name && node.standby)) return `${name} is not on standby`;
      const left = state.resources.filter((one) => one.managed && one.nodes.includes(name));
      return left.length > 0 ? `${left.map(({ id }) => id).join(', ')} still runs on ${name}` : undefined;
    });
  }

  /** @throws EnvironmentError with the words of the last member that was asked, when none takes it. */
  async heal(): Promise<void> {
    if (!this.#tried) return;
    let failure: unknown;
    for (const member of this.#cluster.members.filter(({ pid }) => pid > 0)) {
      try {
        await this.#run(member, '-D');
        return;
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error;
        failure = error;
      }
    }
    throw failure ?? new EnvironmentError(`no member of cluster '${this.#cluster.name}' runs`);
  }

  verifyHealed(): Promise<Doubt> {
    const { name } = this.#node;
    return this.#look(({ state }) => {
      const seen = state.nodes.find((node) => node.name === name);
      if (!seen?.online || seen.pending) return `${name} is not online`;
      return seen.standby ? `${name} is still on standby` : undefined;
    });
  }

  async #run(by: LabNode, ...words: string[]): Promise<CommandResult> {
    const done = await runInNode(this.#lab, by, this.#command(...words));
    if (done.status === 0) return done;
    const said = done.stderr.trim() || `it ended with ${done.status}`;
    throw new EnvironmentError(`crm_standby on '${by.name}': ${said}`);
  }

  /** Without -N it would be about the node that it runs on. */
  #command(...words: string[]): string[] {
    return ['crm_standby', '-N', this.#node.name, ...words];
  }

  #look(judge: (view: ClusterView) => Doubt): Promise<Doubt> {
    return waitForEffect(async () => {
      const view = await clusterState(this.#lab, this.#cluster);
      return view ? judge(view) : 'no member of the cluster answers crm_mon';
    }, CLUSTER_PACE);
  }
}
