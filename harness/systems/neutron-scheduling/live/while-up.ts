import type { Lab, LabNode } from '../../../lab/lab.ts';
import type { Place } from '../schedule.ts';

/**
 * Does something to a place that runs; undefined for one that is down, or goes down meanwhile: it is prepared when it
 * is back.
 */
export async function whileUp<T>(
  lab: Lab,
  place: Pick<Place, 'node'>,
  work: (node: LabNode) => Promise<T>,
): Promise<T | undefined> {
  const node = lab.node(place.node);
  const { pid } = node;
  const isUp = async () => pid > 0 && (await lab.agent.call('alive', { pids: [pid] })).length > 0;
  if (!(await isUp())) return undefined;
  try {
    return await work(node);
  } catch (error) {
    if (await isUp()) throw error;
    return undefined;
  }
}
