import { EnvironmentError, InputError } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import { type ClusterState, parseCrmMon, unclean } from '../findings/crm-mon.ts';
import type { Cluster } from './clusters.ts';

/** crm_mon(8): once, with fail counts and operations, as XML. */
const CRM_MON = ['crm_mon', '-1', '-rfo', '--output-as=xml'];

/** What a member says of its cluster. */
export interface ClusterView {
  /** The member that said it. */
  node: LabNode;
  state: ClusterState;
  /** As crm_mon wrote it. */
  xml: string;
}

/**
 * What the cluster says of itself: the word of a member that has quorum where there is one, else of any that answers.
 * @returns undefined when none answers: no member runs, or none runs Pacemaker.
 */
export async function clusterState(lab: Lab, cluster: Cluster): Promise<ClusterView | undefined> {
  let other: ClusterView | undefined;
  for (const node of cluster.members) {
    const view = await viewOf(lab, node);
    if (view?.state.with_quorum) return view;
    other ??= view;
  }
  return other;
}

/**
 * What keeps a cluster from being as it should be: one sentence each. Every member is asked: one may not have missed
 * another yet that has been away and not joined again.
 */
export async function clusterTroubles(lab: Lab, cluster: Cluster): Promise<string[]> {
  const troubles = await Promise.all(
    cluster.members.map(async (node) => {
      const view = await viewOf(lab, node);
      if (!view) return [`${node.name} does not answer crm_mon`];
      const known = new Set(view.state.nodes.map(({ name }) => name));
      const missing = cluster.members.filter(({ name }) => !known.has(name));
      return [...missing.map(({ name }) => `${name} has not joined`), ...unclean(view.state)];
    }),
  );
  return [...new Set(troubles.flat())];
}

/** What one member says of its cluster; undefined when it does not answer. */
export async function viewOf(lab: Lab, node: LabNode): Promise<ClusterView | undefined> {
  if (node.pid === 0) return undefined;
  try {
    const { status, stdout } = await runInNode(lab, node, CRM_MON);
    return status === 0 ? { node, state: parseCrmMon(stdout), xml: stdout } : undefined;
  } catch (error) {
    // A node that is just ending, or a Pacemaker that is just starting.
    if (error instanceof EnvironmentError || error instanceof InputError) return undefined;
    throw error;
  }
}
