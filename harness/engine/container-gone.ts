import { UnknownError } from '../ground/errors.ts';
import { apiMessage, apiStatus } from './api-status.ts';

/** The container does not exist any more, or does not run: there is nothing in which to run a command. */
export class ContainerGoneError extends UnknownError {}

/** Docker's words (with 409), and Podman's (with 500), for a command in a container that does not run. */
const NOT_RUNNING = /not running|on running containers/i;

/** What a failed call about a container means: gone or stopped, or else the engine's own words. */
export function containerError(error: unknown, doing: string): Error {
  const status = apiStatus(error);
  const text = apiMessage(error);
  if (status === 404 || ((status === 409 || status === 500) && NOT_RUNNING.test(text))) {
    return new ContainerGoneError(`the container is gone: ${doing} (${text})`, { cause: error });
  }
  if (status !== undefined)
    return new UnknownError(`the engine refused: ${doing} (${text})`, { cause: error });
  return error instanceof Error ? error : new Error(String(error));
}
