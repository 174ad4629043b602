import { type ClusterView, clusterState } from '../cluster/cluster-state.ts';
import { type Cluster, clusterOf } from '../cluster/clusters.ts';
import { runInNode } from '../cluster/run-in-node.ts';
import { InputError, UnknownError } from '../ground/errors.ts';
import type { ChangeTime, GuardStep } from '../lab/agent.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt, Fault, FaultKind } from './fault.ts';
import { describeResolved, type ResolvedTarget } from './resolve-target.ts';
import { settle } from './settle.ts';

/** An administrator sets a member of a cluster to standby: whatever runs there is moved. Reverting takes it back. */
export const standby: FaultKind = {
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
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #node: LabNode;
  readonly #cluster: Cluster;
  #applied = false;

  /** @throws InputError when the target is no member of a cluster. */
  constructor(lab: Lab, target: ResolvedTarget) {
    if (target.form !== 'node') throw new InputError('standby is aimed at a node');
    this.#lab = lab;
    this.#node = lab.node(target.node);
    const cluster = clusterOf(lab, this.#node);
    if (!cluster) throw new InputError(`standby: node '${target.node}' is no member of a cluster`);
    this.#cluster = cluster;
    this.victims = [this.#node];
    this.label = `standby of ${describeResolved(target)}`;
  }

  get guard(): readonly GuardStep[] {
    return [
      { step: 'run_in_node', args: { container_id: this.#node.container_id, argv: this.#command('-D') } },
    ];
  }

  async apply(): Promise<ChangeTime> {
    this.#applied = true;
    return this.#tell('-v', 'on');
  }

  /** It is in standby, and nothing runs there any more. */
  verifyApplied(): Promise<Doubt> {
    return this.#look(({ state }) => {
      const { name } = this.#node;
      if (!state.nodes.some((node) => node.name === name && node.standby)) return `${name} is not in standby`;
      const left = state.resources.filter(({ nodes }) => nodes.includes(name)).map(({ id }) => id);
      return left.length > 0 ? `${left.join(', ')} still runs on ${name}` : undefined;
    });
  }

  async revert(): Promise<void> {
    if (this.#applied) await this.#tell('-D');
  }

  verifyReverted(): Promise<Doubt> {
    return this.#look(({ state }) => {
      const { name } = this.#node;
      const back = state.nodes.some((node) => node.name === name && node.online && !node.standby);
      return back ? undefined : `${name} is not online, or still in standby`;
    });
  }

  async #tell(...words: string[]): Promise<ChangeTime> {
    const by = (await clusterState(this.#lab, this.#cluster))?.node ?? this.#node;
    const { status, stderr, before_ns, after_ns } = await runInNode(this.#lab, by, this.#command(...words));
    if (status !== 0)
      throw new UnknownError(`crm_standby on ${by.name}: ${stderr.trim() || `exit status ${status}`}`);
    return { before_ns, after_ns };
  }

  #command(...words: string[]): string[] {
    return ['crm_standby', '-N', this.#node.name, ...words];
  }

  #look(judge: (view: ClusterView) => Doubt): Promise<Doubt> {
    return settle(async () => {
      const view = await clusterState(this.#lab, this.#cluster);
      return view ? judge(view) : 'no member of the cluster answers crm_mon';
    });
  }
}
