import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { messageOf } from '../ground/errors.ts';
import { withDeadline } from '../ground/wait.ts';
import { apiStatus } from './api-status.ts';
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
  for await (const data of await openLog(container, n)) tail.take(data as Buffer);
  return tail.text().trimEnd() || '(nothing logged)';
}

/** As it comes: the client's own `logs` gathers all of it. */
function openLog(container: Docker.Container, n: number): Promise<Readable> {
  const question = {
    path: `/containers/${container.id}/logs?`,
    options: { stdout: true, stderr: true, tail: n },
    method: 'GET',
    isStream: true,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
  };
  return new Promise((resolve, reject) => {
    container.modem.dial(question, (error: unknown, log: Readable) => (error ? reject(error) : resolve(log)));
  });
}
