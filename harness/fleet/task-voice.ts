import { HadrillError } from '../ground/errors.ts';
import type { Swarm } from './swarm.ts';

const PAUSE_MS = 5000;
const LAST_LINES = 5;

/** Says what a task that runs writes on its standard error, a few seconds later. */
export class TaskVoice {
  readonly #swarm: Swarm;
  readonly #service: string;
  readonly #say: (line: string) => void;
  #said = 0;
  #lines: readonly string[] = [];
  #reading: Promise<void> | undefined;
  #next_ms = 0;

  constructor(swarm: Swarm, service: string, say: (line: string) => void) {
    this.#swarm = swarm;
    this.#service = service;
    this.#say = say;
  }

  /** The last lines, for an error. */
  get last(): string[] {
    return this.#lines.slice(-LAST_LINES);
  }

  /** Asks for what is new, unless it has done so a moment ago. */
  listen(): void {
    if (this.#reading || performance.now() < this.#next_ms) return;
    this.#reading = this.#read().finally(() => {
      this.#reading = undefined;
      this.#next_ms = performance.now() + PAUSE_MS;
    });
  }

  /** Says what there still is. */
  async rest(): Promise<void> {
    await this.#reading;
    await this.#read();
  }

  /** A log that cannot be read now is no reason to end anything. */
  async #read(): Promise<void> {
    try {
      this.#lines = await this.#swarm.log(this.#service, 'stderr');
    } catch (error) {
      if (!(error instanceof HadrillError)) throw error;
    }
    for (const line of this.#lines.slice(this.#said)) this.#say(line);
    this.#said = Math.max(this.#said, this.#lines.length);
  }
}
