import { awaitTask, type TaskEnd } from './await-task.ts';
import type { FleetNode } from './choose-nodes.ts';
import type { Fleet } from './fleet.ts';
import { untilGone } from './remove-fleet.ts';
import type { FleetTask } from './service-spec.ts';

/** A short command on a node, and what it wrote. */
export interface NodeAnswer {
  end: TaskEnd;
  stdout: string[];
  stderr: string[];
}

/**
 * Runs a short command of hadrill on a node, and removes its service again.
 * @throws as `awaitTask`; DeadlineError when its node does not send what it wrote.
 */
export async function taskOnNode(
  fleet: Fleet,
  node: FleetNode,
  what: Pick<FleetTask, 'does' | 'what' | 'args'>,
): Promise<NodeAnswer> {
  const { swarm, look, patience, id, image, signal } = fleet;
  const name = `hadrill-${id}-${what.does}-${node.id}`;
  const task = { ...what, name, fleet: id, node, image };
  const service = await patience.with(() => swarm.start(task));
  try {
    const end = await awaitTask({ swarm, look, service, node, signal });
    // One that has not run has no log, and a node that is lost does not send it.
    if (end.how === 'lost' || (end.how === 'failed' && end.status === undefined))
      return { end, stdout: [], stderr: [] };
    const stdout = await patience.with(() => swarm.log(service, 'stdout'));
    const stderr = await patience.with(() => swarm.log(service, 'stderr'));
    return { end, stdout, stderr };
  } finally {
    await swarm.remove(service);
    await untilGone(swarm, [service]);
  }
}
