import { EnvironmentError } from '../ground/errors.ts';
import type { Lab } from './lab.ts';

/** @throws EnvironmentError with the last log lines of the first node that does not run, according to the engine. */
export async function requireNodes(lab: Lab): Promise<void> {
  for (const node of lab.nodes) {
    if (await lab.isRunning(node)) continue;
    throw new EnvironmentError(
      `node '${node.name}' does not run\nits last log lines:\n${await lab.log(node.name)}`,
    );
  }
}
