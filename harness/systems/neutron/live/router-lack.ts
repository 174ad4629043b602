import type { Lab, LabNode } from '../../../lab/lab.ts';
import type { NeutronApi } from './neutron-api.ts';
import { deafInterface, replicasOn } from './replicas.ts';
import type { NeutronRouter } from './routers.ts';

/**
 * What a router lacks to be as Neutron has it: one primary, and, with replicas, a keepalived that can hear the others in each
 * place that it is bound to; undefined where it lacks nothing.
 * @param holders the nodes that hold its address.
 * @throws EnvironmentError when the API does not answer.
 */
export async function routerLack(
  lab: Lab,
  api: NeutronApi,
  router: NeutronRouter,
  holders: readonly LabNode[],
): Promise<string | undefined> {
  const names = holders.map(({ name }) => name);
  if (names.length === 0) return `router '${router.name}' has no primary`;
  if (names.length > 1) return `router '${router.name}' has the primaries ${names.join(' and ')}`;
  if (!router.ha) return undefined;
  for (const { host } of await api.list(`routers/${router.id}/l3-agents`)) {
    const node = lab.node(String(host));
    const replica = (await replicasOn(lab, node)).get(router.id);
    if (!replica?.keepalived) return `no keepalived of router '${router.name}' runs on '${node.name}'`;
    const deaf = await deafInterface(lab, node, router);
    if (deaf !== undefined)
      return `the replica of router '${router.name}' on '${node.name}' hears no other: its ${deaf} has no carrier`;
  }
  return undefined;
}
