import { apiMessage, apiStatus } from './api-status.ts';
import type { Engine } from './connect.ts';
import { followProgress, type OnProgress } from './follow-progress.ts';

export interface PullOptions {
  onProgress?: OnProgress | undefined;
  signal?: AbortSignal | undefined;
  /** Default: 10 min. */
  timeout_ms?: number;
}

/** Why an image did not come. */
export interface PullFailure {
  /** The registry answered that there is no such image (or not for this user). */
  unknown_image: boolean;
  reason: string;
}

/**
 * Pulls an image (`:latest` when the reference has no tag).
 * @returns why it failed, or undefined when the image is there. Throws only the signal's reason.
 */
export async function pullImage(
  engine: Engine,
  reference: string,
  options: PullOptions = {},
): Promise<PullFailure | undefined> {
  const timeout_ms = options.timeout_ms ?? 600_000;
  const deadline = AbortSignal.timeout(timeout_ms);
  const abortSignal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  let refused: string | undefined;
  let layers = 0;
  options.onProgress?.(`${reference}: pulling`);
  try {
    const stream = await engine.docker.pull(reference, { abortSignal });
    await followProgress(engine.docker, stream, (event) => {
      refused ??= event.error?.trim();
      if (event.status === 'Pull complete') options.onProgress?.(`${reference}: ${++layers} layers pulled`);
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    if (deadline.aborted) return { unknown_image: false, reason: `not there after ${timeout_ms / 1000} s` };
    return { unknown_image: apiStatus(error) === 404, reason: apiMessage(error) };
  }
  if (refused === undefined) return undefined;
  return { unknown_image: /not found|manifest unknown|access denied/i.test(refused), reason: refused };
}
