import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';

/** What the client asks an engine with, as far as it is used here (docker-modem's `dial`). */
interface Modem {
  dial(question: object, answer: (error: unknown, connection: Duplex) => void): void;
}

/**
 * Joins all three streams of a container that need not run yet: what is written to the connection is its input, and
 * what it says comes back in the pieces that `splitStreams` takes apart (Docker Engine API, "Attach to a container").
 *
 * The client's own `attach` repeats the query in the request's body, which Podman takes for the container's first input.
 * @throws EngineRefusalError when the engine refuses.
 */
export function attachAll(container: Docker.Container): Promise<Duplex> {
  const question = {
    path: `/containers/${container.id}/attach?`,
    options: { stream: true, stdin: true, stdout: true, stderr: true },
    method: 'POST',
    isStream: true,
    hijack: true,
    headers: { 'Content-Type': 'text/plain' },
    // No body, and said at once: the client would go on holding back the head of a request that it may still add to.
    file: Buffer.alloc(0),
    statusCodes: { 200: true },
  };
  const modem = container.modem as Modem;
  return new Promise((resolve, reject) => {
    modem.dial(question, (error, connection) => (error ? reject(error) : resolve(connection)));
  });
}
