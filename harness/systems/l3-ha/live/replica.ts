import path from 'node:path';
import { EnvironmentError } from '../../../ground/errors.ts';
import type { GuardStep } from '../../../lab/guard-steps.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { readNodeFile } from '../../../lab/read-node-file.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import { endDaemon, startDaemon } from '../../vrrp/live/router-daemons.ts';

/** While it is there, the services of the image start no daemon (`images/router/sv`). */
const UNBOUND_FILE = '/var/lib/neutron/l3/unbound';
/** In every place: what the server knows, for commands that find the lab running. */
export const STATE_FILE = '/var/lib/neutron/l3/server.json';
const UNBOUND = 'no router is bound to this place\n';
/** In the places of a router that was deleted: what has it created again, and where, when the harness is gone. */
const DELETED = 'the router of this place was deleted\n';
/** conntrackd first: the notify script of keepalived asks it for the sessions of the active replica. */
const DAEMONS = ['conntrackd', 'keepalived'] as const;
const END_TIMEOUT_S = 10;

/**
 * Before the place's daemons run: whether they are to.
 * @param state what the server knows, for `STATE_FILE`; left out where that is there already.
 */
export async function prepareReplica(
  lab: Lab,
  { pid }: LabNode,
  bound: boolean,
  { state, why = UNBOUND }: { state?: string; why?: string } = {},
): Promise<void> {
  const files: Record<string, string> = {
    ...(bound ? {} : { [UNBOUND_FILE]: why }),
    ...(state === undefined ? {} : { [STATE_FILE]: state }),
  };
  await lab.agent.call('write_node_files', { pid, files, remove: bound ? [UNBOUND_FILE] : [] });
}

/** Whether the place's daemons are not to run. */
export async function isUnbound(lab: Lab, { pid }: LabNode): Promise<boolean> {
  return (await readNodeFile(lab, pid, UNBOUND_FILE)) !== undefined;
}

/** How the fabric alone would end a replica, as `endReplica` does. */
export function endingSteps({ container_id }: LabNode): GuardStep[] {
  const folder = path.posix.dirname(UNBOUND_FILE);
  const unbind = `mkdir -p ${folder} && echo '${UNBOUND.trim()}' > ${UNBOUND_FILE}`;
  const ends = DAEMONS.toReversed().map((name): GuardStep => {
    return { step: 'end_daemon', args: { container_id, name, timeout_s: END_TIMEOUT_S } };
  });
  // Again at the end: what had been asked to start may have been a moment late.
  return [
    inNode(container_id, ['sh', '-c', unbind]),
    ...ends,
    inNode(container_id, ['conntrack', '-F']),
    ...ends,
  ];
}

/**
 * How the fabric alone would have a deleted router run again in one of its places; nothing comes of it in a place to which
 * it was not bound. It returns some seconds after the daemons run.
 */
export function restoringSteps(node: LabNode): GuardStep[] {
  const { container_id } = node;
  const bind = `if grep -qx '${DELETED.trim()}' ${UNBOUND_FILE}; then rm -f ${UNBOUND_FILE}; fi`;
  return [
    inNode(container_id, ['sh', '-c', bind]),
    ...daemonsOf(node).map((name): GuardStep => {
      return { step: 'start_service', args: { container_id, name, if_known: true } };
    }),
  ];
}

function inNode(container_id: string, argv: string[]): GuardStep {
  return { step: 'exec_in_node', args: { container_id, argv, timeout_s: END_TIMEOUT_S } };
}

/** Returns when conntrackd and keepalived run. @throws EnvironmentError when one does not within 20 s. */
export async function startReplica(lab: Lab, node: LabNode): Promise<void> {
  await prepareReplica(lab, node, true);
  for (const name of daemonsOf(node)) await startDaemon(lab, node, name);
}

/**
 * Returns when both have ended, and the node has no session left.
 * @param deleted with its router, and not taken from this place alone.
 * @throws EnvironmentError when one does not end.
 */
export async function endReplica(lab: Lab, node: LabNode, deleted = false): Promise<void> {
  await prepareReplica(lab, node, false, deleted ? { why: DELETED } : {});
  for (const name of daemonsOf(node).toReversed()) await endDaemon(lab, node, name);
  // Neutron removes the namespace, and the sessions with it.
  const { status, stderr } = await runInNode(lab, node, ['conntrack', '-F']);
  if (status !== 0)
    throw new EnvironmentError(`node '${node.name}': 'conntrack -F' ended with ${status}: ${stderr.trim()}`);
}

/** `KEEPALIVED=off`, `CONNTRACKD=off`: the image does not start it. */
export function daemonsOf({ spec }: LabNode): ('conntrackd' | 'keepalived')[] {
  return DAEMONS.filter((name) => spec.env[name.toUpperCase()] !== 'off');
}
