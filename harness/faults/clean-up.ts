import type { Lab, LabNode } from '../lab/lab.ts';
import { liveSystems } from '../systems/live.ts';

/** Has whatever manages a node forget what failed there: it may run everything everywhere again. */
export async function cleanUp(lab: Lab, node: LabNode): Promise<void> {
  for (const live of liveSystems) await live.forgetFailures?.(lab, node);
}
