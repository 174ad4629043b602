import type Docker from 'dockerode';
import pRetry from 'p-retry';
import { apiMessage, apiStatus } from '../engine/api-status.ts';
import type { Engine } from '../engine/connect.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { waitUntil } from '../ground/wait.ts';
import { Label, labelFilter } from './labels.ts';

const GONE_TIMEOUT_MS = 60_000;
const REMOVE_RETRIES = 4;

/**
 * Removes every container of a lab and waits until the engine has none left.
 * @returns how many there were.
 */
export async function removeLab(engine: Engine, lab: string): Promise<number> {
  return removeLabelled(engine, labelFilter(Label.lab, lab), `lab '${lab}'`);
}

/** Removes the containers that match the engine's filter. */
export async function removeLabelled(
  engine: Engine,
  filters: { label: string[] },
  what: string,
): Promise<number> {
  const list = () => engine.docker.listContainers({ all: true, filters });
  const found = await list();
  const results = await Promise.allSettled(found.map(({ Id: id }) => removeContainer(engine.docker, id)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw new EnvironmentError(`${what} could not be removed whole: ${apiMessage(failed.reason)}`);
  await waitUntil({
    what: `the engine to finish removing ${what}`,
    timeout_ms: GONE_TIMEOUT_MS,
    interval_ms: 20,
    check: async () => (await list()).length === 0,
  });
  return found.length;
}

async function removeContainer(docker: Docker, id: string): Promise<void> {
  // An engine that is starting other containers can find this one's file system busy for a moment.
  const isPassing = (error: unknown) => (apiStatus(error) ?? 0) >= 500;
  try {
    await pRetry(() => docker.getContainer(id).remove({ force: true, v: true }), {
      retries: REMOVE_RETRIES,
      minTimeout: 200,
      shouldRetry: ({ error }) => isPassing(error),
    });
  } catch (error) {
    // 404: gone already. 409: somebody else (the lab's own reaper) is removing it right now.
    const status = apiStatus(error);
    if (status !== 404 && status !== 409) throw error;
  }
}
