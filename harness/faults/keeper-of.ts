import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { ProcessKeeper } from '../lab/process-keeper.ts';
import { liveSystems } from '../systems/live.ts';
import type { LiveSystem, Service } from '../systems/live-system.ts';
import { NodeKeeper } from './node-keeper.ts';

/** By default it has the name of the process. */
export function serviceOf(process: string): Service {
  for (const live of liveSystems) {
    const service = live.serviceOf?.(process);
    if (service) return service;
  }
  return { name: process, followers: [] };
}

function managersOf(lab: Lab, node: LabNode): LiveSystem[] {
  return liveSystems.filter((live) => live.startsIn?.(lab, node));
}

/**
 * Finds out who keeps the processes of a name in a node, while they still run: the node's own init, where it has such
 * a service, or else a system that starts processes there.
 */
export async function keeperOf(lab: Lab, node: LabNode, name: string): Promise<ProcessKeeper> {
  const has = (service: string) => lab.agent.call('has_service', { pid: node.pid, name: service });
  const service = serviceOf(name);
  const managers = managersOf(lab, node);
  if (managers.length > 0 && !(await has(service.name))) {
    for (const live of managers) {
      const keeper = await live.keeper?.(lab, node, name);
      if (keeper) return keeper;
    }
  }
  const followers: string[] = [];
  for (const follower of service.followers) if (await has(follower)) followers.push(follower);
  return new NodeKeeper(lab, node, name, service.name, followers);
}

/** How the fabric has them run again by itself; what a system keeps it leaves to the system. */
export function keeperGuard(lab: Lab, node: LabNode, name: string): GuardStep[] {
  const { container_id } = node;
  const service = serviceOf(name);
  const if_known = managersOf(lab, node).length > 0;
  return [
    { step: 'continue_processes', args: { container_ids: [container_id], name } },
    { step: 'start_service', args: { container_id, name: service.name, if_known } },
    ...service.followers.map((follower): GuardStep => {
      return { step: 'start_service', args: { container_id, name: follower, if_known: true } };
    }),
  ];
}
