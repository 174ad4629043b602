import { stderr } from 'node:process';
import type { Ora } from 'ora';

/** Live progress on a terminal, plain lines elsewhere; always on stderr. */
export class Progress {
  readonly #spinner: Ora | undefined;
  #last = '';

  private constructor(spinner: Ora | undefined) {
    this.#spinner = spinner;
  }

  static async create(): Promise<Progress> {
    // A terminal that does not know its width (0 columns) can't be redrawn.
    if (!stderr.isTTY || !stderr.columns) return new Progress(undefined);
    const { default: ora } = await import('ora');
    return new Progress(ora({ stream: stderr, discardStdin: false }));
  }

  /** Shows what is being done now. */
  line = (text: string): void => {
    if (text === this.#last) return;
    this.#last = text;
    if (!this.#spinner) stderr.write(`${text}\n`);
    else if (this.#spinner.isSpinning) this.#spinner.text = text;
    else this.#spinner.start(text);
  };

  /** Takes the live line away, before the result is written. */
  done(): void {
    this.#spinner?.stop();
  }
}
