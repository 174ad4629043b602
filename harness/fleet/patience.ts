import { EngineGoneError, EngineRefusalError } from '../engine/engine-errors.ts';
import { EnvironmentError, messageOf } from '../ground/errors.ts';
import { sleep } from '../ground/wait.ts';

const PAUSE_MS = 2000;
/** A manager that has no leader, or is about to leave or join, answers with one of these; what is asked was not done. */
const NOT_NOW = [500, 503];
/** Of the words of such an answer; others of these statuses are about what was asked. */
const NOT_NOW_WORDS =
  /leader|deadline|unavailable|not a swarm manager|is not part of a swarm|context canceled/i;

/** Asks again while a manager is away. */
export class Patience {
  readonly #limit_ms: number;
  readonly #signal: AbortSignal;
  readonly #say: (line: string) => void;
  /** Since when it has not answered anybody; undefined when it did last. */
  #since_ms: number | undefined;

  /** @param limit_ms how long a manager may be away. */
  constructor(limit_ms: number, signal: AbortSignal, say: (line: string) => void) {
    this.#limit_ms = limit_ms;
    this.#signal = signal;
    this.#say = say;
  }

  /**
   * @param ask may be called again after it has failed: what it does must be harmless twice.
   * @throws EnvironmentError when the manager was away for longer than the limit; what `ask` throws that is about itself; the
   * signal's reason.
   */
  async with<T>(ask: () => Promise<T>): Promise<T> {
    for (;;) {
      this.#signal.throwIfAborted();
      try {
        const answer = await ask();
        if (this.#since_ms !== undefined) this.#say('the manager answers again');
        this.#since_ms = undefined;
        return answer;
      } catch (error) {
        this.#signal.throwIfAborted();
        if (!isAway(error)) throw error;
        this.#note(error);
        await sleep(PAUSE_MS, this.#signal);
      }
    }
  }

  #note(error: unknown): void {
    const now = performance.now();
    if (this.#since_ms === undefined) {
      this.#since_ms = now;
      this.#say(`the manager of the swarm does not answer; what runs goes on meanwhile: ${messageOf(error)}`);
    }
    const away_ms = now - this.#since_ms;
    if (away_ms < this.#limit_ms) return;
    throw new EnvironmentError(
      `the manager of the swarm has not answered for ${Math.round(away_ms / 1000)} s: ${messageOf(error)}`,
      {
        cause: error,
        remedy: 'when it answers again, `hadrill fleet down` removes what is left of this run',
      },
    );
  }
}

/** Whether nobody could be asked, so that asking again makes sense. */
export function isAway(error: unknown): boolean {
  if (error instanceof EngineGoneError) return true;
  return (
    error instanceof EngineRefusalError &&
    NOT_NOW.includes(error.statusCode) &&
    NOT_NOW_WORDS.test(error.words)
  );
}
