import type Docker from 'dockerode';
import { messageOf } from '../ground/errors.ts';
import { withDeadline } from '../ground/wait.ts';
import { apiStatus } from './api-status.ts';
import { openContainerLog } from './container-log.ts';
import { LogTail } from './log-tail.ts';

const TIMEOUT_MS = 5000;
/** Of a line without end, its end. */
const MOST_BYTES = 64_000;

/**
 * The last `n` lines a container has logged, for an error message. Never rejects: a container that is gone
 * or an engine that does not answer becomes a text that says so.
 */
export async function lastLogLines(container: Docker.Container, n = 15): Promise<string> {
  try {
    return await withDeadline('the log', TIMEOUT_MS, readLog(container, n));
  } catch (error) {
    return apiStatus(error) === 404 ? '(no log: the container is gone)' : `(no log: ${messageOf(error)})`;
  }
}

async function readLog(container: Docker.Container, n: number): Promise<string> {
  const tail = new LogTail(MOST_BYTES);
  for await (const data of await openContainerLog(container, { tail: n })) tail.take(data as Buffer);
  return tail.text().trimEnd() || '(nothing logged)';
}
