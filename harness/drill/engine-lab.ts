import { identityOf, type NamedEngine } from '../engine/connect-engines.ts';
import { describeEngine } from '../engine/describe-engine.ts';
import { EnvironmentError, messageOf } from '../ground/errors.ts';
import { sleep, withDeadline } from '../ground/wait.ts';
import { DrillLab, type DrillLabOptions } from './drill-lab.ts';
import type { LoadedDrill } from './load-drill.ts';

/** An engine that answers takes milliseconds, on a starved machine a second or two. */
const ANSWER_MS = 5000;
const PAUSE_MS = 1000;

/** A lab of a run over several engines, and the engine that it is on. */
export class EngineLab {
  readonly engine: NamedEngine;
  /** Of all labs of the run: `a`, or `a#2`. */
  readonly slot: string;
  readonly lab: DrillLab;

  /** @param number which of the engine's labs, from 1 on. */
  constructor(engine: NamedEngine, number: number, loaded: LoadedDrill, options: DrillLabOptions) {
    this.engine = engine;
    this.slot = number === 1 ? engine.name : `${engine.name}#${number}`;
    const onProgress = (line: string) => options.onProgress(`${this.slot}: ${line}`);
    this.lab = new DrillLab(engine, loaded, { ...options, onProgress });
  }

  /** Why the engine does not answer; undefined when it does. */
  async silence(): Promise<string | undefined> {
    // A question that nobody answers would keep this process from ending.
    const asked = new AbortController();
    const answer = pingable(this.engine).ping({ abortSignal: asked.signal });
    try {
      await withDeadline(`an answer of engine '${this.engine.name}'`, ANSWER_MS, answer);
      return undefined;
    } catch (error) {
      answer.catch(() => undefined);
      asked.abort();
      return messageOf(error);
    }
  }

  /**
   * Waits until a lost engine answers again.
   * @param isWanted whether there is still something to do for it.
   * @returns whether it does; false when it is wanted no longer.
   * @throws EnvironmentError when another engine answers in its place; the signal's reason.
   */
  async comeBack(isWanted: () => boolean, signal: AbortSignal): Promise<boolean> {
    while ((await this.silence()) !== undefined) {
      if (!isWanted()) return false;
      await sleep(PAUSE_MS, signal);
    }
    const { engine } = this;
    const now = identityOf({ info: engine.info, details: await describeEngine(engine) });
    if (now !== identityOf(engine))
      throw new EnvironmentError(
        `another engine answers in place of '${engine.name}' (ID, machine, folder): ${now} instead of ${identityOf(engine)}`,
      );
    return true;
  }
}

/** The client takes a signal for this call; its type declarations do not say so. */
function pingable({ docker }: NamedEngine): {
  ping(options: { abortSignal: AbortSignal }): Promise<unknown>;
} {
  return docker as unknown as ReturnType<typeof pingable>;
}

/** The same error, with the engine that it is of. */
export function namingEngine(error: unknown, engine: string): unknown {
  if (!(error instanceof EnvironmentError)) return error;
  const { remedy } = error;
  return new EnvironmentError(`engine '${engine}': ${error.message}`, {
    cause: error,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
