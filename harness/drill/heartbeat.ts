import { sleep } from '../ground/wait.ts';
import type { RunningProbe } from '../probes/probe.ts';
import type { RunView } from './run-view.ts';

/** A trial that waits for probes asks each of them twenty times as often. */
const PAUSE_MS = 1000;

/**
 * Asks the probes once a second, from the fault on, how the service is, for a view that somebody watches. Before the fault
 * nothing is asked: its moment is set.
 */
export class Heartbeat {
  readonly #stop = new AbortController();
  readonly #over: Promise<void>;

  constructor(probes: readonly RunningProbe[], view: RunView) {
    this.#over = this.#beat(probes, view);
  }

  /** Asks nothing more; resolves when the last answer has come. Harmless twice. */
  end(): Promise<void> {
    this.#stop.abort();
    return this.#over;
  }

  async #beat(probes: readonly RunningProbe[], view: RunView): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      for (const probe of probes) {
        if (signal.aborted) return;
        // Whoever awaits the probe reports what is wrong with it itself.
        await probe.trouble().then(
          (trouble) => view.probe(probe.name, trouble),
          () => undefined,
        );
      }
      await sleep(PAUSE_MS, signal).catch(() => undefined);
    }
  }
}
