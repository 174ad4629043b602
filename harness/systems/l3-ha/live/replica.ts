import { EnvironmentError } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';

/** While it is there, the services of the image start no daemon (`images/router/sv`). */
const UNBOUND_FILE = '/var/lib/neutron/l3/unbound';
const UNBOUND = 'no router is bound to this place\n';
/** conntrackd first: the notify script of keepalived asks it for the sessions of the active replica. */
const DAEMONS = ['conntrackd', 'keepalived'] as const;
/** Of a place that is still booting: until its supervisor answers. */
const START_TIMEOUT_S = 20;
const END_TIMEOUT_S = 10;

/** Before the place's daemons run: whether they are to. */
export async function prepareReplica(lab: Lab, { pid }: LabNode, bound: boolean): Promise<void> {
  const files: Record<string, string> = bound ? {} : { [UNBOUND_FILE]: UNBOUND };
  await lab.agent.call('write_node_files', { pid, files, remove: bound ? [UNBOUND_FILE] : [] });
}

/** Returns when conntrackd and keepalived run. @throws EnvironmentError when one does not within 20 s. */
export async function startReplica(lab: Lab, node: LabNode): Promise<void> {
  await prepareReplica(lab, node, true);
  for (const name of daemonsOf(node)) await startDaemon(lab, node, name);
}

/** Returns when both have ended, and the node has no session left. @throws EnvironmentError when one does not end. */
export async function endReplica(lab: Lab, node: LabNode): Promise<void> {
  await prepareReplica(lab, node, false);
  for (const name of daemonsOf(node).toReversed()) await endDaemon(lab, node, name);
  // Neutron removes the namespace, and the sessions with it.
  const { status, stderr } = await runInNode(lab, node, ['conntrack', '-F']);
  if (status !== 0)
    throw new EnvironmentError(`node '${node.name}': 'conntrack -F' ended with ${status}: ${stderr.trim()}`);
}

/** Has the active replica give its address to another, as a graceful stop does, and be a standby again. */
export async function stepDown(lab: Lab, node: LabNode, whenGone: () => Promise<unknown>): Promise<void> {
  await endDaemon(lab, node, 'keepalived');
  try {
    await whenGone();
  } finally {
    await startDaemon(lab, node, 'keepalived');
  }
}

/** `KEEPALIVED=off`, `CONNTRACKD=off`: the image does not start it. */
export function daemonsOf({ spec }: LabNode): ('conntrackd' | 'keepalived')[] {
  return DAEMONS.filter((name) => spec.env[name.toUpperCase()] !== 'off');
}

function startDaemon(lab: Lab, { container_id, pid }: LabNode, name: string): Promise<unknown> {
  return lab.agent.call('start_daemon', { container_id, pid, name, timeout_s: START_TIMEOUT_S });
}

function endDaemon(lab: Lab, { container_id }: LabNode, name: string): Promise<unknown> {
  return lab.agent.call('end_daemon', { container_id, name, timeout_s: END_TIMEOUT_S });
}
