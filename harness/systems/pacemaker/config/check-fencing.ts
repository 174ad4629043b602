import type { Finding } from '../../file-findings.ts';
import type { Cib } from './cib.ts';
import { isFalse } from './pacemaker-boolean.ts';

/**
 * Members that may not be able to fence although fencing is on. Pacemaker 3.0's fencer takes note of a device when it reads a
 * configuration that lets its own node run it, so one that names the node (`nodes`). Pacemaker adds the members to an empty
 * list, but a fencer that has read it before ("Ignoring fencing device … because local node is not allowed to run it") then
 * knows no device but those that are started on its node.
 * @param members names of the members of the cluster.
 */
export function checkFencing(cib: Cib, members: readonly string[]): Finding[] {
  const { node_names: named, nodes_position: position, properties, primitives } = cib;
  if (isFalse(properties['stonith-enabled']) || !primitives.some((one) => one.class === 'stonith')) return [];
  const unnamed = members.filter((name) => !named.includes(name));
  if (unnamed.length === 0) return [];
  const message = `<nodes> does not name ${unnamed.join(' and ')}: a member that its first configuration does not name may take note of no fencing device but those that are started on it, and cannot fence with the others; add <node id="…" uname="${unnamed[0]}"/> with its nodeid of corosync.conf`;
  return [{ message, position, note: true }];
}
