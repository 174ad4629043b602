import { randomUUID } from 'node:crypto';
import type { Engine } from '../engine/connect.ts';
import { EngineGoneError } from '../engine/engine-errors.ts';
import { requireImages } from '../faults/require-images.ts';
import { requireKernel } from '../faults/require-kernel.ts';
import { messageOf } from '../ground/errors.ts';
import { waitUntil } from '../ground/wait.ts';
import { AccidentWatch } from '../lab/accident-watch.ts';
import type { Lab } from '../lab/lab.ts';
import { whyNotWhole } from '../lab/whole.ts';
import { buildLab, requireSystems } from '../systems/open-lab.ts';
import type { LoadedDrill } from './load-drill.ts';

/** An engine that is started again is back within seconds. */
const ENGINE_TIMEOUT_MS = 60_000;

export interface DrillLabOptions {
  signal?: AbortSignal | undefined;
  onProgress: (line: string) => void;
}

/** The lab of a run, its daemons looked at, and the watch over it. Another one takes its place when it is broken. */
export class DrillLab {
  readonly #engine: Engine;
  readonly #loaded: LoadedDrill;
  readonly #options: DrillLabOptions;
  /** Why labs that were given up could not be removed. */
  readonly #left: string[] = [];
  #now: { lab: Lab; watch: AccidentWatch } | undefined;
  /** Why no other trial is made in the lab, whatever it looks like. */
  #given_up: string | undefined;

  /** Nothing is built yet. */
  constructor(engine: Engine, loaded: LoadedDrill, options: DrillLabOptions) {
    this.#engine = engine;
    this.#loaded = loaded;
    this.#options = options;
  }

  /** A name for the next lab that no other one has: what is left of an earlier one may still be being removed. */
  nextName(): { name: string; run_id: string } {
    const run_id = randomUUID().slice(0, 8);
    return { name: `${this.#loaded.topology.name}-${run_id}`, run_id };
  }

  /** Whether a lab was built, and not ended since. */
  get isBuilt(): boolean {
    return this.#now !== undefined;
  }

  get lab(): Lab {
    if (!this.#now) throw new Error('the lab was not built');
    return this.#now.lab;
  }

  get watch(): AccidentWatch {
    if (!this.#now) throw new Error('the lab was not built');
    return this.#now.watch;
  }

  /** @throws as `up`; InputError, EnvironmentError for what its daemons refuse, or the kernel cannot do. Nothing is left behind then. */
  async build({ name, run_id } = this.nextName()): Promise<void> {
    const { topology, systems, fault_images } = this.#loaded;
    await requireImages(this.#engine, fault_images, this.#options);
    await this.#take(await buildLab(this.#engine, topology, systems, { name, run_id, ...this.#options }));
  }

  /** Makes the trials in a lab of the same topology that is up. @throws as `build`; the lab is removed then. */
  async adopt(lab: Lab): Promise<void> {
    try {
      await requireImages(this.#engine, this.#loaded.fault_images, this.#options);
    } catch (error) {
      await this.#remove(lab);
      throw error;
    }
    await this.#take(lab);
  }

  /** Ends the watch, and leaves the lab to the caller; undefined where it is not whole, or was not built. */
  async handOn(): Promise<Lab | undefined> {
    if (!this.#now || (await this.whyBroken()) !== undefined) return undefined;
    const { lab, watch } = this.#now;
    this.#now = undefined;
    watch.end();
    return lab;
  }

  async #take(lab: Lab): Promise<void> {
    try {
      await requireSystems(lab, this.#loaded.systems, this.#options.signal);
      await requireKernel(lab, this.#loaded.drill.faults);
      this.#now = { lab, watch: await AccidentWatch.begin(lab) };
      this.#given_up = undefined;
    } catch (error) {
      await this.#remove(lab);
      throw error;
    }
  }

  /** No other trial is made in this lab: something in it is, or may be, still broken that does not show. */
  giveUp(why: string): void {
    this.#given_up = why;
  }

  /** Why no other trial can be made in this lab; undefined when it is as it was built. */
  async whyBroken(): Promise<string | undefined> {
    const { lab, watch } = this;
    const [accident] = watch.accidents;
    if (watch.signal.aborted) return accident ?? 'it was changed from outside';
    return this.#given_up ?? whyNotWhole(lab);
  }

  /** Removes the lab and builds another one, once the engine answers. @throws as `build`; EngineGoneError. */
  async rebuild(name = this.nextName()): Promise<void> {
    await this.end();
    await this.#awaitEngine();
    await this.build(name);
  }

  /**
   * Ends the watch and removes the lab, or leaves it up.
   * @returns why something may be left of it, and of those before it; nothing when all of it is gone.
   */
  async end({ keep = false } = {}): Promise<readonly string[]> {
    const now = this.#now;
    this.#now = undefined;
    now?.watch.end();
    if (now && keep) {
      await now.lab.release();
      now.lab.disconnect();
    } else if (now) await this.#remove(now.lab);
    return this.#left;
  }

  async #remove(lab: Lab): Promise<void> {
    try {
      await lab.down();
    } catch (error) {
      try {
        if (!(error instanceof EngineGoneError)) throw error;
        await this.#awaitEngine();
        await lab.down();
      } catch (again) {
        this.#left.push(
          `lab '${lab.name}' may be there still: ${messageOf(again)}; hadrill gc removes it when the engine answers`,
        );
      }
    }
  }

  async #awaitEngine(): Promise<void> {
    let last: unknown;
    await waitUntil({
      what: 'the engine to answer again',
      timeout_ms: ENGINE_TIMEOUT_MS,
      interval_ms: 500,
      signal: this.#options.signal,
      check: () =>
        this.#engine.docker.ping().then(
          () => true,
          (error: unknown) => {
            last = error;
            return false;
          },
        ),
      lastSeen: () => (last === undefined ? undefined : messageOf(last)),
    });
  }
}
