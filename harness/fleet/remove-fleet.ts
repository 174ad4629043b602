import { sleep } from '../ground/wait.ts';
import type { Swarm } from './swarm.ts';

const PAUSE_MS = 1000;
/** Longer than a task has to heal and to remove its lab. */
const ENDED_MS = 120_000;
/** What became of the services of fleets. */
export interface Removed {
  /** Names of services. */
  services: string[];
  /** Names or IDs of nodes whose tasks may still run: the swarm ends them when these are back. */
  left_on: string[];
}

/**
 * Removes services of fleets, and waits until their tasks have ended.
 * @param fleet of this one alone; undefined: all.
 */
export async function removeFleet(swarm: Swarm, fleet?: string): Promise<Removed> {
  const services = await swarm.services(fleet);
  for (const { ID: id } of services) await swarm.remove(id);
  await swarm.removeFiles(fleet);
  const left_on = await untilGone(
    swarm,
    services.map(({ ID: id }) => id),
  );
  return { services: services.map(({ Spec: { Name: name } }) => name), left_on };
}

/**
 * Waits until the tasks of services that were removed are gone from all nodes that answer.
 * @returns names or IDs of the nodes that have some still.
 */
export async function untilGone(swarm: Swarm, services: readonly string[]): Promise<string[]> {
  const began_ms = performance.now();
  for (;;) {
    const tasks = (await swarm.tasks()).filter(({ ServiceID: service }) => services.includes(service));
    const nodes = await swarm.nodes();
    const on = (id: string | undefined) => nodes.find((node) => node.ID === id);
    // Of one that is down nothing will be heard.
    const awaited = tasks.filter(({ NodeID: node }) => !node || on(node)?.Status.State === 'ready');
    if (awaited.length === 0 || performance.now() - began_ms > ENDED_MS) {
      const left = new Set(tasks.flatMap(({ NodeID: node }) => node || []));
      return [...left].map((id) => on(id)?.Description.Hostname ?? id);
    }
    await sleep(PAUSE_MS);
  }
}
