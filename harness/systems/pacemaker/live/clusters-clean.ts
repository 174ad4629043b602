import { sleep } from '../../../ground/wait.ts';
import type { AuditRecord } from '../../../journal/journal.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { Audit } from '../../audit.ts';
import { auditEach } from '../../audit-each.ts';
import { clusterTroubles } from './cluster-view.ts';
import { type Cluster, clustersOf } from './clusters.ts';

const NAME = 'cluster-clean';
/** One more fencing, and the start of the node. Healing has had its own time before. */
const LOOK_AGAIN_FOR_MS = 30_000;
const POLL_MS = 1000;

/** Every member of every cluster is online and every resource runs, with no failure left on record. */
export const clustersClean: Audit = {
  name: NAME,
  summary: 'every member of each cluster is online, every resource runs, no failure is on record',
  run: ({ lab }) =>
    auditEach(
      NAME,
      clustersOf(lab),
      ({ name }) => `cluster '${name}'`,
      (cluster) => auditCluster(lab, cluster),
    ),
};

/** What is wrong is looked at again: whether it lasts decides what a machine that was too busy may excuse. */
async function auditCluster(lab: Lab, cluster: Cluster): Promise<AuditRecord> {
  const { name, members } = cluster;
  const since_ms = performance.now();
  const found = await clusterTroubles(lab, cluster);
  if (found.length === 0) {
    const well = `${members.length} members online, every resource runs, no failure`;
    return { name: NAME, verdict: 'pass', detail: `cluster '${name}': ${well}` };
  }
  for (let wrong = found; ; wrong = await clusterTroubles(lab, cluster)) {
    const after_s = (performance.now() - since_ms) / 1000;
    const detail = `cluster '${name}': ${found.join('; ')}`;
    if (wrong.length === 0) {
      const over = `it was as it should be ${after_s.toFixed(0)} s later`;
      return { name: NAME, verdict: 'fail', detail: `${detail}; ${over}`, passing: true };
    }
    if (after_s * 1000 > LOOK_AGAIN_FOR_MS) return { name: NAME, verdict: 'fail', detail };
    await sleep(POLL_MS);
  }
}
