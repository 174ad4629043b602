import type { Engine } from '../engine/connect.ts';
import { lastLogLines } from '../engine/last-log-lines.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { withDeadline } from '../ground/wait.ts';

const NOTICE_TIMEOUT_MS = 10_000;

/**
 * What to say of a node that has ended though it should run: its exit code, and its last log lines.
 * @param when in words: `right after its start`.
 * @throws DeadlineError when the engine does not notice the end within 10 s.
 */
export async function nodeStopped(
  engine: Engine,
  node: { name: string; image: string; container_id: string },
  when: string,
): Promise<EnvironmentError> {
  const container = engine.docker.getContainer(node.container_id);
  await withDeadline(
    `the engine to notice that node '${node.name}' has ended`,
    NOTICE_TIMEOUT_MS,
    container.wait(),
  );
  const { State: state } = await container.inspect();
  const log = await lastLogLines(container);
  return new EnvironmentError(
    `node '${node.name}' (image ${node.image}) stopped ${when} with exit code ${state.ExitCode}` +
      `${state.Error ? `: ${state.Error}` : ''}\nits last log lines:\n${log || '(none)'}`,
  );
}
