import { askChecker, type Checker } from '../../ask-checker.ts';
import type { LiveSystem } from '../../live-system.ts';
import { type ClusterFiles, PATHS } from '../config/load-clusters.ts';
import { pacemaker } from '../pacemaker.ts';
import { CLUSTER_NEWS } from './bad-news.ts';
import { clusterStandby } from './cluster-standby.ts';
import { clusterOf } from './clusters.ts';
import { clustersClean } from './clusters-clean.ts';
import { oneVipHolder } from './one-vip-holder.ts';
import { PacemakerWatch } from './pacemaker-watch.ts';
import { requireAgents } from './require-agents.ts';
import { active, standby } from './resource-roles.ts';
import { forgetFailures } from './settle-cluster.ts';
import { isOfStack, keeperOf, PACEMAKERS, serviceOf } from './stack.ts';
import { standbyFault } from './standby-fault.ts';

const COROSYNC: Checker = { path: PATHS.corosync, check: ['corosync', '-t', '-c', PATHS.corosync] };
const CIB: Checker = {
  path: PATHS.cib,
  check: ['crm_simulate', '-x', PATHS.cib, '-S'],
  explain: ['crm_verify', '-V', '-x', PATHS.cib],
};

export const pacemakerLive: LiveSystem<readonly ClusterFiles[]> = {
  system: pacemaker,
  daemons: { corosync: ['corosync', '-v'], pacemakerd: ['pacemakerd', '--version'] },
  bad_news: CLUSTER_NEWS,
  workers: PACEMAKERS,
  roles: { active, standby },
  moves: (lab, node, { name }) => clusterOf(lab, node) !== undefined && !isOfStack(name),
  faults: [standbyFault],
  audits: [clustersClean, clusterStandby, oneVipHolder],
  require: async (lab, clusters, signal) => {
    const members = clusters.flatMap((cluster) => cluster.members);
    await askChecker(
      lab,
      members.flatMap((files) => [COROSYNC, CIB].map((checker) => ({ checker, files }))),
      signal,
    );
    for (const cluster of clusters) await requireAgents(lab, cluster);
  },
  watch: (trial) => PacemakerWatch.of(trial),
  serviceOf,
  startsIn: (lab, node) => clusterOf(lab, node) !== undefined,
  keeper: keeperOf,
  sharesAddresses: ({ cluster }) => cluster !== undefined,
  forgetFailures: async (lab, node) => {
    const cluster = clusterOf(lab, node);
    if (cluster) await forgetFailures(lab, cluster);
  },
};
