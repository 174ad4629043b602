import { setTimeout as delay } from 'node:timers/promises';
import pRetry from 'p-retry';
import { DeadlineError } from './errors.ts';

export interface Wait<T> {
  /** What is awaited, as the sentence "waited 5 s for ..." continues. */
  what: string;
  timeout_ms: number;
  /** Time between two looks; default: 50 ms. */
  interval_ms?: number;
  signal?: AbortSignal | undefined;
  /** One look. `undefined` or `false` means "not yet"; anything else ends the wait. */
  check: () => Promise<T | undefined | false> | T | undefined | false;
  /** What was seen at the last look, for the error. */
  lastSeen?: () => string | undefined;
  /** The last log lines of whatever is awaited, for the error. */
  log?: () => Promise<string> | string;
}

/**
 * Looks until `check` answers, and returns its answer.
 * @throws DeadlineError when `timeout_ms` has passed; the signal's reason when it is aborted.
 */
export async function waitUntil<T>(wait: Wait<T>): Promise<T> {
  const deadline = performance.now() + wait.timeout_ms;
  const interval_ms = wait.interval_ms ?? 50;
  const notYet = new Error('not yet');
  const look = async (): Promise<T> => {
    const answer = await wait.check();
    if (answer === undefined || answer === false) throw notYet;
    return answer;
  };
  try {
    return await pRetry(look, {
      retries: Number.POSITIVE_INFINITY,
      factor: 1,
      minTimeout: interval_ms,
      maxTimeout: interval_ms,
      ...(wait.signal ? { signal: wait.signal } : {}),
      shouldRetry: ({ error }) => error === notYet && performance.now() < deadline,
    });
  } catch (error) {
    wait.signal?.throwIfAborted();
    throw error === notYet ? await deadlineError(wait) : error;
  }
}

async function deadlineError<T>(wait: Wait<T>): Promise<DeadlineError> {
  const lastSeen = wait.lastSeen?.();
  const log = await wait.log?.();
  return new DeadlineError({
    awaited: wait.what,
    timeout_ms: wait.timeout_ms,
    ...(lastSeen ? { last_seen: lastSeen } : {}),
    ...(log ? { log } : {}),
  });
}

/** Sleeps, unless the signal is aborted: then throws its reason at once. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  try {
    await delay(ms, undefined, signal ? { signal } : undefined);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/**
 * Bounds a promise in time. The work itself is not ended: the caller owns that.
 * @throws DeadlineError naming `what`.
 */
export async function withDeadline<T>(what: string, timeout_ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new DeadlineError({ awaited: what, timeout_ms })), timeout_ms);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
