import { EnvironmentError, InputError } from '../ground/errors.ts';
import type { RouterFacts, RouterMember } from '../journal/trial-facts.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { holdersOf, type VirtualRouter } from '../lab/virtual-routers.ts';
import { parseKeepalivedConf } from '../measure/keepalived-conf.ts';

const KEEPALIVED_CONF = '/etc/keepalived/keepalived.conf';

/** A virtual router before the fault. */
export interface RouterBefore {
  router: VirtualRouter;
  owner: LabNode | undefined;
  facts: RouterFacts;
}

/** Looks at a virtual router just before the fault, and has the agent watch what its members will do. */
export async function lookAtRouter(lab: Lab, router: VirtualRouter): Promise<RouterBefore> {
  const members: RouterMember[] = [];
  for (const node of router.members) {
    await lab.agent.call('watch_conntrack', { node: node.name, pid: node.pid });
    const keepalived_conf = await configurationOf(lab, node);
    members.push({
      node: node.name,
      macs: node.ports.flatMap((port) => (port.mac ? [port.mac] : [])),
      ...(keepalived_conf === undefined ? {} : { keepalived_conf }),
    });
  }
  const owner = (await holdersOf(lab, router))[0];
  const { name, vrid, vip } = router;
  return { router, owner, facts: { name, vrid, vip, members, ...(owner ? { owner: owner.name } : {}) } };
}

/** undefined when it is elsewhere: then there is no bound to compare with. */
async function configurationOf(lab: Lab, node: LabNode): Promise<string | undefined> {
  try {
    return await lab.agent.call('read_node_file', { pid: node.pid, path: KEEPALIVED_CONF });
  } catch (error) {
    if (error instanceof EnvironmentError) return undefined;
    throw error;
  }
}

/** The advertisement interval that the owner keeps, in ms: the span over which a fault's phase is drawn. */
export function advertMs({ owner, facts }: RouterBefore): number {
  const text = facts.members.find((member) => member.node === owner?.name)?.keepalived_conf;
  if (text === undefined) return 0;
  try {
    const instances = parseKeepalivedConf(text, KEEPALIVED_CONF);
    return instances.find((one) => one.virtual_router_id === facts.vrid)?.advert_int_ms ?? 0;
  } catch (error) {
    // It says more than our parser knows.
    if (error instanceof InputError) return 0;
    throw error;
  }
}

/** Whether every router is owned by somebody else than before. */
export async function haveNewOwners(lab: Lab, routers: readonly RouterBefore[]): Promise<boolean> {
  for (const { router, owner } of routers) {
    const holders = await holdersOf(lab, router);
    if (!holders.some((node) => node.name !== owner?.name)) return false;
  }
  return true;
}
