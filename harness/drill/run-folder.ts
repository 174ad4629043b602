import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { EnvironmentError, messageOf } from '../ground/errors.ts';
import { makeFreshFolder } from '../ground/fresh-folder.ts';
import { maskIn } from '../ground/mask-secrets.ts';
import type { Journal } from '../journal/journal.ts';
import { JOURNAL_FILE, journalPieces } from '../journal/journal-text.ts';
import { wholeTrial } from '../journal/kept-trial.ts';
import { TRIAL_RESULTS_FILE, type TrialResult, trialResultLine } from '../journal/trial-results.ts';

/** Name of the log of what was about to be done, in a run's folder. */
export const EVENTS_FILE = 'events.jsonl';
const LOOK_MS = 250;

/** The folder of one run: its journal, the log of what was about to be done, the records of every trial. */
export class RunFolder {
  readonly path: string;
  readonly #events: number;
  readonly #results: number;
  readonly #inode: number;
  readonly #lost = new AbortController();
  readonly #look: NodeJS.Timeout;

  private constructor(folder: string) {
    this.path = folder;
    this.#events = openSync(path.join(folder, EVENTS_FILE), 'a');
    this.#results = openSync(path.join(folder, TRIAL_RESULTS_FILE), 'a');
    this.#inode = fstatSync(this.#events).ino;
    this.#look = setInterval(() => this.isLost(), LOOK_MS).unref();
  }

  /**
   * `<out>/<drill with / as ->/<UTC time>-<seed>/`, made now; with `-2`, `-3`, ... where another run has that one.
   * @throws EnvironmentError when it can't be made.
   */
  static create(out: string, drill: string, started_at: Date, seed: number): RunFolder {
    const time = started_at.toISOString().replace(/[-:]|\.\d+/g, '');
    const wanted = path.resolve(out, folderName(drill), `${time}-${seed}`);
    try {
      return new RunFolder(makeFreshFolder(wanted));
    } catch (error) {
      throw notWritten(wanted, error);
    }
  }

  /**
   * Aborted, with an EnvironmentError, as soon as records can't be kept any more: a write failed, or the folder was
   * removed or moved.
   */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Notes what is about to be done, on disk before it is done. */
  note(event: string, details: Record<string, unknown> = {}): void {
    this.#append(
      this.#events,
      `${JSON.stringify(maskIn({ at: new Date().toISOString(), event, ...details }))}\n`,
    );
  }

  /** Notes what came out of a trial, once and for good: what it costs does not depend on how many there were before. */
  noteResult(result: TrialResult): void {
    this.#append(this.#results, trialResultLine(maskIn(result)));
  }

  /** Adds what came out of a trial of another run, which has it still: it need not be on disk before the next one. */
  addResult(result: TrialResult): void {
    const line = trialResultLine(maskIn({ ...result, trial: wholeTrial(result.trial) }));
    this.#writing(() => writeFileSync(this.#results, line));
  }

  #append(opened: number, line: string): void {
    this.#writing(() => {
      // Not writeSync: on a disk that is full it writes a part and calls that a success.
      writeFileSync(opened, line);
      fsyncSync(opened);
    });
  }

  /** Removes the records of a trial: `trial-3`. */
  removeRecords(name: string): void {
    this.#writing(() => rmSync(path.join(this.path, name), { recursive: true, force: true }));
  }

  /** Writes a document such as `trial-3/facts.json`. */
  writeJson(name: string, document: object): void {
    this.writeRecord(name, `${JSON.stringify(document, null, 2)}\n`);
  }

  /** Writes `journal.json`. */
  writeJournal(journal: Journal): void {
    const file = path.join(this.path, JOURNAL_FILE);
    this.#writing(() => {
      const opened = openSync(`${file}.new`, 'w');
      try {
        for (const piece of journalPieces(journal)) writeFileSync(opened, piece);
        fsyncSync(opened);
      } finally {
        closeSync(opened);
      }
      renameSync(`${file}.new`, file);
    });
  }

  /** Keeps a raw record: `trial-3/udp.csv`. */
  writeRecord(name: string, content: Uint8Array | string): void {
    const file = path.join(this.path, name);
    this.#writing(() => {
      mkdirSync(path.dirname(file), { recursive: true });
      // A reader, or a crash, never sees half of one.
      writeFileSync(`${file}.new`, content);
      renameSync(`${file}.new`, file);
    });
  }

  /** Keeps a raw record that comes in pieces: `trial-3/inside.pcap`. */
  async writePieces(name: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    const file = path.join(this.path, name);
    const opened = this.#writing(() => {
      mkdirSync(path.dirname(file), { recursive: true });
      return openSync(`${file}.new`, 'w');
    });
    try {
      for await (const piece of pieces) this.#writing(() => writeFileSync(opened, piece));
    } finally {
      closeSync(opened);
    }
    this.#writing(() => renameSync(`${file}.new`, file));
  }

  close(): void {
    clearInterval(this.#look);
    closeSync(this.#events);
    closeSync(this.#results);
  }

  #writing<T>(work: () => T): T {
    if (this.isLost()) throw this.lost.reason;
    try {
      return work();
    } catch (error) {
      this.#lost.abort(notWritten(this.path, error));
      throw this.lost.reason;
    }
  }

  /** Looks once more: the log of events must still be the file that was opened, or records would go where they are not found. */
  isLost(): boolean {
    if (!this.lost.aborted && inodeOf(path.join(this.path, EVENTS_FILE)) !== this.#inode) {
      const message = `the run's folder ${this.path} is gone: it was removed or moved during the run`;
      const remedy = 'run the drill again; everything was healed and the lab removed';
      this.#lost.abort(new EnvironmentError(message, { remedy }));
    }
    return this.lost.aborted;
  }
}

function inodeOf(file: string): number | undefined {
  try {
    return statSync(file).ino;
  } catch {
    return undefined;
  }
}

/** A drill's name as that of one folder, never of one above or of a hidden one. */
export function folderName(drill: string): string {
  return drill
    .replace(/[/\\\p{Cc}]/gu, '-')
    .replace(/^\.+/, (dots) => '_'.repeat(dots.length))
    .replace(/^$/, '_');
}

function notWritten(folder: string, error: unknown): EnvironmentError {
  return new EnvironmentError(`the run's records can't be written to ${folder}: ${messageOf(error)}`, {
    remedy: 'free room on that disk or choose another folder with --out',
  });
}
