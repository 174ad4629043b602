import type { NodeLook, NodeSeen } from '../lab/node-look-shapes.ts';
import type { Audited } from '../systems/audit.ts';

export const ROOM_FOR_FLOWS = 'room-for-flows';

/**
 * Whether no kernel has dropped packets since the look before the fault because it could not track their flow: its connection
 * table was full. It is a note where one has; what came of it for clients is in the probes' numbers.
 */
export function judgeRefusedFlows({ before, after }: { before: NodeLook; after: NodeLook }): Audited {
  const tracking = after.nodes.filter(({ untracked_drops }) => untracked_drops !== null);
  const found = tracking.flatMap((node) => {
    const drops = dropsSince(before.nodes, node);
    return drops > 0
      ? [`${node.node} dropped ${drops} packets that its full connection table had no room for`]
      : [];
  });
  const detail = `${tracking.length} nodes that track flows${found.length > 0 ? `, ${found.length} without room for all` : ''}`;
  return { name: ROOM_FOR_FLOWS, verdict: 'pass', detail, notes: found };
}

/** A node that was started again counts anew. */
function dropsSince(before: readonly NodeSeen[], { node, first, untracked_drops }: NodeSeen): number {
  const earlier = before.find((one) => one.node === node);
  const known = earlier?.first === first ? (earlier.untracked_drops ?? 0) : 0;
  return Math.max(0, (untracked_drops ?? 0) - known);
}
