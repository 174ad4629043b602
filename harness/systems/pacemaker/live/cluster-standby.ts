import { EnvironmentError } from '../../../ground/errors.ts';
import type { AuditRecord } from '../../../journal/journal.ts';
import type { Lab } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import type { Audit } from '../../audit.ts';
import { auditEach } from '../../audit-each.ts';
import { untilPass } from '../../until-pass.ts';
import { parseCib } from '../config/cib.ts';
import { clusterState } from './cluster-view.ts';
import { readCib } from './cluster-vips.ts';
import { type Cluster, clustersOf } from './clusters.ts';
import {
  judgeStandby,
  readValidation,
  type StandbyAnswer,
  type StandbyPlace,
  standbyPlaces,
} from './judge-standby.ts';

const NAME = 'cluster-standby';
const SETTLE_MS = 3000;
const LOOK_AGAIN_MS = 500;

/**
 * Every resource of a cluster could be started on the members that do not run it, according to its own agent. Pacemaker
 * does not find out before it has to start it: its probe asks whether the resource runs, not whether it could.
 */
export const clusterStandby: Audit = {
  name: NAME,
  summary: 'every member could start what it does not run, according to the resource agent',
  run: ({ lab }) =>
    auditEach(
      NAME,
      clustersOf(lab),
      ({ name }) => `cluster '${name}'`,
      (cluster) => auditCluster(lab, cluster),
    ),
};

async function auditCluster(lab: Lab, cluster: Cluster): Promise<AuditRecord[]> {
  const view = await clusterState(lab, cluster);
  const cib = await readCib(lab, cluster);
  // Then 'cluster-clean' says that no member answers.
  if (!view || cib === undefined) return [];
  const members = cluster.members.map(({ name }) => name);
  const running = new Map(view.state.resources.map(({ id, nodes }) => [id, nodes]));
  const places = standbyPlaces(parseCib(cib, `CIB of cluster '${cluster.name}'`), members, running);
  return [
    await untilPass(SETTLE_MS, LOOK_AGAIN_MS, async () => {
      const answers = await Promise.all(places.map((place) => ask(lab, place)));
      return { record: judgeStandby(cluster.name, answers) };
    }),
  ];
}

/** Changes nothing: the action `validate-all` looks only (OCF 1.1, "Actions"). */
async function ask(lab: Lab, place: StandbyPlace): Promise<StandbyAnswer> {
  const command = ['crm_resource', '--validate', '--resource', place.resource];
  try {
    const { stdout, stderr } = await runInNode(lab, lab.node(place.node), command);
    return readValidation(place, stdout, stderr);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { ...place, status: undefined, words: error.message };
  }
}
