import type Docker from 'dockerode';
import { apiStatus } from './api-status.ts';
import type { Engine } from './connect.ts';

/** An image that the engine has; `undefined` when it has none of that name. */
export async function findImage(
  engine: Engine,
  reference: string,
): Promise<Docker.ImageInspectInfo | undefined> {
  try {
    return await engine.docker.getImage(reference).inspect();
  } catch (error) {
    // 400: the name is not even a valid reference, so there is no such image either.
    if (apiStatus(error) === 404 || apiStatus(error) === 400) return undefined;
    throw error;
  }
}
