import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { messageOf } from '../ground/errors.ts';
import { withDeadline } from '../ground/wait.ts';
import { apiStatus } from './api-status.ts';

const TIMEOUT_MS = 5000;
/** Of a line without end, its end. */
const MOST_CHARACTERS = 64_000;

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
  const raw = await container.logs({ stdout: true, stderr: true, tail: n, follow: false });
  const source = Readable.from([raw]);
  // One sink for both, so that the lines stay in their order.
  const lines = new PassThrough();
  container.modem.demuxStream(source, lines, lines);
  source.once('end', () => lines.end());
  return (await text(lines)).slice(-MOST_CHARACTERS).trimEnd() || '(nothing logged)';
}
