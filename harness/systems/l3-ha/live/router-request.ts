import type { LabTime } from '../../../ground/time.ts';
import type { RouterRequestFacts } from '../findings/l3-facts.ts';

/** A router's creation or deletion that was asked for: what the server answered, and what the hosts do about it. */
export interface RouterRequest {
  readonly facts: RouterRequestFacts;
  /** The work of the hosts that work; it never throws. */
  done: Promise<void>;
  /** Ends waiting in that work. */
  readonly ending: AbortController;
  /** It has ended. */
  is_done: boolean;
}

/** @param work what the hosts do. */
export function beginRequest(
  facts: RouterRequestFacts,
  work: (signal: AbortSignal) => Promise<void>,
): RouterRequest {
  const ending = new AbortController();
  const request: RouterRequest = { facts, done: Promise.resolve(), ending, is_done: false };
  request.done = work(ending.signal)
    .catch((error: unknown) => {
      if (!ending.signal.aborted) facts.trouble = error instanceof Error ? error.message : String(error);
    })
    .finally(() => {
      request.is_done = true;
    });
  return request;
}

/** That a request is undone, from now on: what comes later is not its. */
export function noteUndone({ facts }: RouterRequest, at_ns: LabTime): void {
  facts.undone_ns ??= at_ns;
}
