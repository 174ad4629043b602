import { type Records, recordOf } from '../../../evidence/records.ts';
import { defined } from '../../../ground/defined.ts';
import type { ClusterFacts } from '../../../journal/cluster-facts.ts';
import type { ClusterRecord, ClusterWord } from '../../../journal/system-records.ts';
import { type ClusterState, parseCrmMon } from './crm-mon.ts';

/**
 * What crm_mon said at each moment that it was asked.
 * @throws InputError when what it said is not there.
 */
export function clusterRecords({ name, views }: ClusterFacts, files: Records): ClusterRecord[] {
  return views.map(({ when, node, file }) => ({
    when,
    cluster: name,
    ...(node !== undefined && file !== undefined
      ? { said: wordOf(node, parseCrmMon(new TextDecoder().decode(recordOf(files, file)))) }
      : {}),
  }));
}

/** What crm_mon says before healing, against before the first fault. */
export function stateMetrics(records: readonly ClusterRecord[]): Record<string, number> {
  const before = records.find(({ when }) => when === 'before')?.said;
  const during = records.find(({ when }) => when === 'during')?.said;
  return defined({
    // Where a fencing device is watched from says nothing: every member may use it.
    moved: before && during ? movedResources(before, during).length : undefined,
    dc_changed: before && during ? Number(before.dc !== during.dc) : undefined,
    members_online: during && Object.values(during.nodes).filter((state) => state === 'online').length,
    with_quorum: during && Number(during.with_quorum),
    resources_running: during?.resources.filter(({ nodes, fencing }) => nodes.length > 0 && !fencing).length,
    failures: during?.failures.length,
  });
}

/** Ids of the resources, but for fencing devices, that ran before and now run on other nodes, or nowhere. */
export function movedResources(before: ClusterWord, during: ClusterWord): string[] {
  return before.resources
    .filter(({ id, nodes, fencing }) => {
      if (fencing) return false;
      const now = during.resources.find((one) => one.id === id)?.nodes ?? [];
      return nodes.length > 0 && nodes.toSorted().join() !== now.toSorted().join();
    })
    .map(({ id }) => id);
}

function wordOf(by: string, state: ClusterState): ClusterWord {
  return {
    by,
    ...(state.dc === undefined ? {} : { dc: state.dc }),
    with_quorum: state.with_quorum,
    nodes: Object.fromEntries(state.nodes.map((node) => [node.name, conditionOf(node)])),
    resources: state.resources.map(({ id, agent, role, nodes, failed, blocked }) => ({
      id,
      role,
      nodes,
      failed,
      blocked,
      ...(agent.startsWith('stonith:') ? { fencing: true as const } : {}),
    })),
    failures: state.failures.map(
      ({ node, operation, resource, exit_status, exit_reason }) =>
        `${operation} of ${resource} on ${node}: ${exit_status}${exit_reason ? ` (${exit_reason})` : ''}`,
    ),
  };
}

function conditionOf(node: ClusterState['nodes'][number]): string {
  if (node.unclean) return 'unclean';
  if (!node.online) return 'offline';
  if (node.pending) return 'pending';
  if (node.standby) return 'standby';
  return node.maintenance ? 'maintenance' : 'online';
}
