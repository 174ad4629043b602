import { stderr } from 'node:process';
import ora, { type Ora } from 'ora';

/** Live progress on a terminal, plain lines elsewhere; always on stderr. */
export class Progress {
  readonly #spinner: Ora | undefined;
  #last = '';

  constructor() {
    if (stderr.isTTY) this.#spinner = ora({ stream: stderr, discardStdin: false });
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
