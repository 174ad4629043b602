import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import type Docker from 'dockerode';

export interface LogOptions {
  /** So many of the last lines; all of them unless given. */
  tail?: number;
  /** Goes on with what is logged later, until the container ends or the stream is destroyed. */
  follow?: boolean;
  /** Of what was logged from that moment on, in s since 1970. */
  since_s?: number;
  /** Each line begins with its time, RFC 3339. */
  timestamps?: boolean;
}

/**
 * What a container logs, as it comes: the client's own `logs` gathers all of it. Both outputs, each piece with the
 * engine's header (Docker Engine API, `POST /containers/ID/attach`).
 */
export function openContainerLog(
  container: Docker.Container,
  { tail, since_s, follow = false, timestamps = false }: LogOptions,
): Promise<Readable> {
  const question = {
    path: `/containers/${container.id}/logs?`,
    options: {
      ...{ stdout: true, stderr: true, follow, timestamps, tail: tail ?? 'all' },
      ...(since_s === undefined ? {} : { since: since_s.toFixed(3) }),
    },
    method: 'GET',
    isStream: true,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
  };
  return new Promise((resolve, reject) => {
    container.modem.dial(question, (error: unknown, log: Readable) => (error ? reject(error) : resolve(log)));
  });
}

/** Every line that a container logs, of both outputs in their order, without its end. */
export async function* containerLogLines(
  container: Docker.Container,
  options: LogOptions,
): AsyncGenerator<string> {
  const log = await openContainerLog(container, options);
  try {
    const both = new PassThrough();
    container.modem.demuxStream(log, both, both);
    log.once('close', () => both.end());
    yield* createInterface({ input: both, crlfDelay: Number.POSITIVE_INFINITY });
  } finally {
    log.destroy();
  }
}
