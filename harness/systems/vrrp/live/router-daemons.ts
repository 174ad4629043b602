import type { Lab, LabNode } from '../../../lab/lab.ts';

/** Of a node that is still booting: until its supervisor answers. */
const START_TIMEOUT_S = 20;
const END_TIMEOUT_S = 10;

/** Has the node's init start a daemon of a router; does nothing where it runs. @throws EnvironmentError after 20 s. */
export function startDaemon(lab: Lab, { container_id, pid }: LabNode, name: string): Promise<unknown> {
  return lab.agent.call('start_daemon', { container_id, pid, name, timeout_s: START_TIMEOUT_S });
}

/** SIGTERM to a daemon of a router; returns when it has ended. @throws EnvironmentError after 10 s. */
export function endDaemon(lab: Lab, { container_id }: LabNode, name: string): Promise<unknown> {
  return lab.agent.call('end_daemon', { container_id, name, timeout_s: END_TIMEOUT_S });
}
