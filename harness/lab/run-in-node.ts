import { EnvironmentError } from '../ground/errors.ts';
import type { ChangeTime } from './agent-shapes.ts';
import type { Lab, LabNode } from './lab.ts';

const DEFAULT_TIMEOUT_S = 10;
/** For the engine, which starts it. */
const CALL_MARGIN_S = 10;

/** What a program of a node said. */
export interface CommandResult extends ChangeTime {
  status: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs one of a node's own programs in it, with the node's own rights, and waits for its end, whatever its exit status.
 * @param timeout_s until then it must have ended.
 * @throws EnvironmentError when the node does not run, or the program does not end in time.
 */
export async function runInNode(
  lab: Lab,
  node: LabNode,
  argv: readonly string[],
  timeout_s = DEFAULT_TIMEOUT_S,
): Promise<CommandResult> {
  if (node.pid === 0) throw new EnvironmentError(`'${argv[0]}' can't be run: node '${node.name}' is down`);
  const { container_id } = node;
  return lab.agent.call('run_in_node', { container_id, argv, timeout_s }, (timeout_s + CALL_MARGIN_S) * 1000);
}
