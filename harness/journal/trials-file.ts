import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { InputError, messageOf } from '../ground/errors.ts';
import type { Trial } from './journal.ts';

/** Where the text of a trial is, in bytes. */
export interface TextPlace {
  at: number;
  length: number;
}

/** Closes files whose trials nobody has any more. */
const forgotten = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

/** A file with trials as JSON, whose long parts are read each time that they are asked for. */
export class TrialsFile {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #modified_ms: number;
  readonly #trialIn: (document: unknown) => Trial;
  /** Mostly several parts of one trial are asked for, one after the other. */
  #last: { at: number; trial: Trial } | undefined;

  /**
   * @param trialIn the trial in the document that is at a place.
   * @throws what opening it throws.
   */
  constructor(file: string, trialIn: (document: unknown) => Trial) {
    this.#file = file;
    this.#trialIn = trialIn;
    this.#descriptor = openSync(file, 'r');
    this.#modified_ms = fstatSync(this.#descriptor).mtimeMs;
    forgotten.register(this, this.#descriptor);
  }

  /** @throws InputError when the file was changed since it was opened. */
  read({ at, length }: TextPlace): Trial {
    if (this.#last?.at === at) return this.#last.trial;
    const text = Buffer.allocUnsafe(length);
    try {
      if (fstatSync(this.#descriptor).mtimeMs !== this.#modified_ms)
        throw new Error('it is another file now');
      readSync(this.#descriptor, text, 0, length, at);
      const trial = this.#trialIn(JSON.parse(text.toString('utf8')));
      this.#last = { at, trial: { ...trial, timeline: trial.timeline ?? [], outages: trial.outages ?? [] } };
      return this.#last.trial;
    } catch (error) {
      const message = `was changed while it was read: ${messageOf(error)}`;
      throw new InputError([{ message, position: { file: this.#file } }], { cause: error });
    }
  }
}
