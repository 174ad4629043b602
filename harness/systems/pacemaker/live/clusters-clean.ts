import type { Audit } from '../../audit.ts';
import { auditEach } from '../../audit-each.ts';
import { clusterTroubles } from './cluster-view.ts';
import { clustersOf } from './clusters.ts';

const NAME = 'cluster-clean';

/** Every member of every cluster is online and every resource runs, with no failure left on record. */
export const clustersClean: Audit = {
  name: NAME,
  summary: 'every member of each cluster is online, every resource runs, no failure is on record',
  run: ({ lab }) =>
    auditEach(
      NAME,
      clustersOf(lab),
      ({ name }) => `cluster '${name}'`,
      async (cluster) => {
        const wrong = await clusterTroubles(lab, cluster);
        const well = `${cluster.members.length} members online, every resource runs, no failure`;
        return {
          name: NAME,
          verdict: wrong.length === 0 ? 'pass' : 'fail',
          detail: `cluster '${cluster.name}': ${wrong.length === 0 ? well : wrong.join('; ')}`,
        };
      },
    ),
};
