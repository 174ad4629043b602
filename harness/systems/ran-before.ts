import { HadrillError, messageOf } from '../ground/errors.ts';
import type { LabNode } from '../lab/lab.ts';

/** Where a daemon ran just before the fault: a node that has lost it afterwards has lost its part in the redundancy. */
export interface RanBefore {
  /** Names of nodes. */
  nodes: ReadonlySet<string>;
  /** What could not be looked at, and why: one sentence each. */
  unknown: readonly string[];
}

/** Nothing ran, as far as is known. */
export const NOTHING_RAN: RanBefore = { nodes: new Set(), unknown: [] };

/**
 * Looks at each of these nodes by itself, side by side.
 * @param daemon its name, for what cannot be looked at.
 * @throws what is not a HadrillError.
 */
export async function ranOn(
  nodes: readonly LabNode[],
  daemon: string,
  runs: (node: LabNode) => Promise<boolean>,
): Promise<RanBefore> {
  const unknown: string[] = [];
  const look = async (node: LabNode): Promise<string[]> => {
    try {
      return (await runs(node)) ? [node.name] : [];
    } catch (error) {
      if (!(error instanceof HadrillError)) throw error;
      unknown.push(`${daemon} of ${node.name}: ${messageOf(error)}`);
      return [];
    }
  };
  const found = await Promise.all(nodes.map(look));
  return { nodes: new Set(found.flat()), unknown };
}
