import { clusterVips } from '../cluster/cluster-vips.ts';
import { clustersOf } from '../cluster/clusters.ts';
import type { Audit } from './audit.ts';

/** Exactly one member holds each address that a cluster moves, by the kernel's word. */
export const oneVipHolder: Audit = {
  name: 'one-vip-holder',
  run: async ({ lab }) => {
    const held = await lab.agent.call('held_addresses', {});
    const records = await Promise.all(
      clustersOf(lab).map(async (cluster) =>
        (await clusterVips(lab, cluster)).map(({ id, ip }) => {
          const holders = cluster.members
            .filter(({ name }) => held[name]?.includes(ip))
            .map(({ name }) => name);
          return {
            name: 'one-vip-holder',
            verdict: holders.length === 1 ? ('pass' as const) : ('fail' as const),
            detail: `${ip} (resource '${id}') is held by ${holders.length === 0 ? 'nobody' : holders.join(' and ')}`,
          };
        }),
      ),
    );
    return records.flat();
  },
};
