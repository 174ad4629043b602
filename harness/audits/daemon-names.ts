import type { Lab } from '../lab/lab.ts';
import type { NodeLook, SeenProcess } from '../lab/node-look-shapes.ts';
import { lookAtNodes, lookOrReason } from '../lab/node-looks.ts';
import { liveSystems } from '../systems/live.ts';

/** Programs that count as daemons in any node: those of the systems under test. */
const DAEMONS: readonly string[] = [
  ...new Set(liveSystems.flatMap(({ daemons = {}, workers = [] }) => [...Object.keys(daemons), ...workers])),
];

/** One look at all nodes of a lab, or why there is none. */
export function lookAtLab(lab: Lab): Promise<NodeLook | string> {
  return lookOrReason(() => lookAtNodes(lab, DAEMONS));
}

/** Whether a system starts and ends such processes there by itself. */
export function isMoved(lab: Lab, node: string, process: SeenProcess): boolean {
  return liveSystems.some((live) => live.moves?.(lab, lab.node(node), process));
}
