import { HadrillError } from '../../../ground/errors.ts';
import { sleep } from '../../../ground/wait.ts';

/** Looks again and again, for as long as a trial lasts; it bears what is away while it is looked at. */
export class RepeatedLook {
  readonly #look: () => Promise<void>;
  readonly #every_ms: number;
  readonly #ending = new AbortController();
  #work: Promise<void> | undefined;

  /** @param every_ms pause between the end of a look and the next, 1 or more. */
  constructor(look: () => Promise<void>, every_ms: number) {
    this.#look = look;
    this.#every_ms = every_ms;
  }

  /** @returns after the first look, which bears nothing; others follow. */
  async begin(): Promise<void> {
    await this.#look();
    this.#keep(this.#again());
  }

  /** The first look, too, is made beside what the caller does, and bears what is away. */
  beginBeside(): void {
    this.#keep(this.#bear().then(() => this.#again()));
  }

  /** Ends after the look that is being made now. Harmless twice. */
  async end(): Promise<void> {
    this.#ending.abort();
    await this.#work;
    this.#work = undefined;
  }

  /** Ends with one more look, which bears what is away; none if it has ended, or never begun. */
  async endWithLook(): Promise<void> {
    const begun = this.#work !== undefined;
    await this.end();
    if (begun) await this.#bear();
  }

  /** Whoever ends it hears what went wrong. */
  #keep(work: Promise<void>): void {
    work.catch(() => undefined);
    this.#work = work;
  }

  async #again(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await sleep(this.#every_ms, signal).catch(() => undefined);
      if (!signal.aborted) await this.#bear();
    }
  }

  /** A server that is away claims nothing, and a node may go while it is looked at. */
  async #bear(): Promise<void> {
    await this.#look().catch((error: unknown) => {
      if (!(error instanceof HadrillError)) throw error;
    });
  }
}
