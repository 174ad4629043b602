import type Docker from 'dockerode';

/** Tells a person what is going on; one line, no newline. */
export type OnProgress = (line: string) => void;

/** One message of a build, pull or import. */
export interface ProgressEvent {
  stream?: string;
  status?: string;
  /** The layer that `status` is about. */
  id?: string;
  error?: string;
}

/** Reads a build, pull or import to its end. Rejects when the connection breaks, with the signal's reason when aborted. */
export async function followProgress(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onEvent: (event: ProgressEvent) => void,
  signal?: AbortSignal,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const finished = (error: Error | null) => (error ? reject(error) : resolve());
    docker.modem.followProgress(stream, finished, onEvent);
  }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
  signal?.throwIfAborted();
}
