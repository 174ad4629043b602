import type { ClusterFacts } from '../../../journal/cluster-facts.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { nodeLost } from '../findings/cluster-bounds.ts';
import type { ClusterState } from '../findings/cluster-state.ts';
import { viewOf } from './cluster-view.ts';
import type { Cluster } from './clusters.ts';

/** How the cluster was before the fault, and the members that the faults have taken. */
export interface Victims {
  before: ClusterState | undefined;
  gone: ReadonlySet<LabNode>;
}

/** How long the members of a cluster may take to count another one as lost, in ms; 0 where their settings are not followed. */
export function missMs(members: ClusterFacts['members']): number {
  const corosync_conf = members.flatMap((one) => one.corosync_conf ?? [])[0];
  return nodeLost(corosync_conf, { stop_ms: 0, start_ms: 0 }).detection?.high ?? 0;
}

/**
 * Whether the cluster has done what it does about members that are lost, by the word of each one that answers and has
 * quorum: two that have lost each other may both have it, and one of them be the slower one. A member without quorum does
 * nothing about others.
 */
export async function isAtRest(lab: Lab, { members }: Cluster, { before, gone }: Victims): Promise<boolean> {
  const left = members.filter((node) => !gone.has(node));
  const views = await Promise.all(left.map((node) => viewOf(lab, node)));
  const states = views.flatMap((view) => view?.state ?? []);
  const names = new Set([...gone].map(({ name }) => name));
  const able = states.filter(({ with_quorum }) => with_quorum);
  if (able.length > 0) return able.every((state) => hasNothingToDo(state, before, names));
  return states.some((state) => haveLeft(state, before, names));
}

/** @param gone names of members that count as lost, whatever the state says. */
export function hasNothingToDo(
  state: ClusterState,
  before: ClusterState | undefined,
  gone: ReadonlySet<string>,
): boolean {
  if (state.nodes.some(({ unclean }) => unclean)) return false;
  const offline = state.nodes.filter(({ online }) => !online).map(({ name }) => name);
  return haveLeft(state, before, new Set([...gone, ...offline]));
}

/** Whether the resources that ran on these members run on others; of those that run on several nothing is asked. */
function haveLeft(
  { resources }: ClusterState,
  before: ClusterState | undefined,
  lost: ReadonlySet<string>,
): boolean {
  const ran = (before?.resources ?? []).filter(
    ({ nodes, clone }) => clone === undefined && nodes.some((node) => lost.has(node)),
  );
  return ran.every(({ id }) =>
    resources.some((one) => one.id === id && one.active && !one.nodes.some((node) => lost.has(node))),
  );
}
