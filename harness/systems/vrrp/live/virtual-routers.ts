import { EnvironmentError } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';

/** A virtual router of a lab and the nodes that take part in it. */
export interface VirtualRouter {
  name: string;
  vrid: number;
  /** The address that the master holds. */
  vip: string;
  members: LabNode[];
}

/** The lab's virtual routers: those that the labels name and that are there now ({@link limitExistence}). */
export function virtualRouters(lab: Lab): VirtualRouter[] {
  const exists = existence.get(lab);
  const all = namedRouters(lab);
  return exists ? all.filter(({ name }) => exists(name)) : all;
}

/** Of labs in which virtual routers are created and deleted: says whether one is there now. */
const existence = new WeakMap<Lab, (name: string) => boolean>();

/** From now on some of the labelled virtual routers may not be there: those that a scheduler has not created. */
export function limitExistence(lab: Lab, exists: (name: string) => boolean): void {
  existence.set(lab, exists);
}

/** Every virtual router that the topology's `hadrill.vr.NAME` labels name, whether or not it was created. */
export function namedRouters(lab: Lab): VirtualRouter[] {
  const routers = new Map<string, VirtualRouter>();
  for (const node of lab.nodes) {
    for (const { name, vrid, vip } of node.spec.virtual_routers) {
      const router = routers.get(name) ?? { name, vrid, vip, members: [] };
      router.members.push(node);
      routers.set(name, router);
    }
  }
  return [...routers.values()];
}

/** Of labs in which not every labelled node takes part all the time: says whether one does now. */
const participation = new WeakMap<Lab, (node: LabNode) => boolean>();

/** From now on only some of the labelled nodes are to run keepalived: those that a scheduler says. */
export function limitParticipation(lab: Lab, takesPart: (node: LabNode) => boolean): void {
  participation.set(lab, takesPart);
}

/** The members that are to run keepalived now. Any other may have the address all the same. */
export function participants(lab: Lab, { members }: VirtualRouter): LabNode[] {
  const takesPart = participation.get(lab);
  return takesPart ? members.filter(takesPart) : members;
}

/** The nodes that take part in any of them. */
export function membersOf(lab: Lab): ReadonlySet<LabNode> {
  return new Set(virtualRouters(lab).flatMap(({ members }) => members));
}

/** Nodes that hold the virtual address right now, by the kernel's word. */
export async function holdersOf(lab: Lab, router: VirtualRouter): Promise<LabNode[]> {
  return (await holdersOfEach(lab, [router])).get(router)!;
}

/** The same of several, at one moment. */
export async function holdersOfEach(
  lab: Lab,
  routers: readonly VirtualRouter[],
): Promise<ReadonlyMap<VirtualRouter, LabNode[]>> {
  const held = await lab.agent.call('held_addresses', {});
  const holders = ({ members, vip }: VirtualRouter) =>
    members.filter(({ name }) => held[name]?.includes(vip));
  return new Map(routers.map((router) => [router, holders(router)]));
}

/** @throws EnvironmentError when a member's image has no keepalived at all, so that waiting for it is in vain. */
export async function requireKeepalived(lab: Lab, router: VirtualRouter): Promise<void> {
  for (const node of router.members) {
    if (await lab.agent.call('has_program', { pid: node.pid, name: 'keepalived' })) continue;
    throw new EnvironmentError(
      `node '${node.name}' takes part in virtual router '${router.name}', but its image ${node.image} has no keepalived`,
      { remedy: "use an image with keepalived in it (hadrill's own is hadrill/router), or drop the label" },
    );
  }
}
