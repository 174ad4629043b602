/** Lets nobody pass before all have arrived. */
export class Barrier {
  #missing: number;
  readonly #open = Promise.withResolvers<void>();

  /** @param count how many will arrive; with 0 everybody passes at once. */
  constructor(count: number) {
    this.#missing = count;
    if (count === 0) this.#open.resolve();
  }

  /** Arrives, and waits for the others. @throws the signal's reason when it is aborted meanwhile. */
  async pass(signal: AbortSignal): Promise<void> {
    this.#missing -= 1;
    if (this.#missing <= 0) this.#open.resolve();
    await untilAborted(this.#open.promise, signal);
  }
}

/** The promise's own end, or the signal's reason, whichever comes first. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => undefined);
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
