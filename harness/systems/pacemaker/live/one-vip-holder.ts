import type { Audit } from '../../audit.ts';
import { auditEach } from '../../audit-each.ts';
import { clusterVips } from './cluster-vips.ts';
import { clustersOf } from './clusters.ts';

const NAME = 'one-vip-holder';

/** Exactly one member holds each address that a cluster moves, by the kernel's word. */
export const oneVipHolder: Audit = {
  name: NAME,
  summary: 'exactly one node holds each address that a cluster moves',
  run: async ({ lab }) => {
    const held = await lab.agent.call('held_addresses', {});
    return auditEach(
      NAME,
      clustersOf(lab),
      ({ name }) => `cluster '${name}'`,
      async (cluster) =>
        (await clusterVips(lab, cluster)).map(({ id, ip }) => {
          const holders = cluster.members
            .filter(({ name }) => held[name]?.includes(ip))
            .map(({ name }) => name);
          return {
            name: NAME,
            verdict: holders.length === 1 ? ('pass' as const) : ('fail' as const),
            detail: `${ip} (resource '${id}') is held by ${holders.length === 0 ? 'nobody' : holders.join(' and ')}`,
          };
        }),
    );
  },
};
