import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { waitUntil } from '../../harness/ground/wait.ts';
import { removeLabs } from './labs.ts';

/** A folder that goes when the test ends. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'hadrill-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A file in a fresh folder; returns its path. */
export async function freshFile(name: string, text: string): Promise<string> {
  const file = path.join(await freshFolder(), name);
  await writeFile(file, text);
  return file;
}

/** One line of a run's events. */
export interface RunEvent {
  event: string;
  lab?: string;
  /** Of a run over several engines. */
  engine?: string;
}

/** Where one `hadrill run` of one drill puts its results; its lab is removed when the test ends. */
export class RunResults {
  readonly out: string;

  private constructor(out: string) {
    this.out = out;
  }

  static async create(): Promise<RunResults> {
    const results = new RunResults(await freshFolder());
    onTestFinished(async () => {
      const lab = await results.#labNow();
      if (lab !== undefined) await removeLabs(lab);
    });
    return results;
  }

  /** The folder of the run; undefined until it is there, and when it is not any more. */
  async folder(): Promise<string | undefined> {
    const [drill] = await readdir(this.out).catch(() => []);
    if (drill === undefined) return undefined;
    const [run] = await readdir(path.join(this.out, drill)).catch(() => []);
    return run === undefined ? undefined : path.join(this.out, drill, run);
  }

  /** What the run has noted so far. */
  async events(): Promise<RunEvent[]> {
    const folder = await this.folder();
    if (folder === undefined) return [];
    const text = await readFile(path.join(folder, 'events.jsonl'), 'utf8').catch(() => '');
    // The last line may be half written.
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as RunEvent);
  }

  /** Waits until the run has noted an event. */
  async noted(event: string, timeout_ms: number): Promise<RunEvent> {
    return waitUntil({
      what: `the run to note '${event}'`,
      timeout_ms,
      interval_ms: 5,
      check: async () => (await this.events()).find((one) => one.event === event),
    });
  }

  /** The name of the lab that the run has made, or was about to make. */
  async lab(): Promise<string> {
    const lab = await this.#labNow();
    if (lab === undefined) throw new Error(`no run has noted its lab in ${this.out}`);
    return lab;
  }

  async #labNow(): Promise<string | undefined> {
    return (await this.events()).find((one) => one.event === 'start')?.lab;
  }
}
