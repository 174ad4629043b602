import { stderr } from 'node:process';
import type { Ora } from 'ora';

/** Between two draws, in ms: a terminal that is written to more often would cost the measurement. */
const DRAW_MS = 250;
/** The spinner's frame and the blank after it; as much before every further line. */
const MARGIN = 2;
/** The last column stays empty: some terminals wrap a line that fills it. */
const LAST_COLUMN = 1;

/** What a live view shows now, in the columns and rows that there are; `event` is the last line of progress. */
export type Draw = (event: string, size: { columns: number; rows: number }) => string[];

/** Live progress on a terminal, plain lines elsewhere; always on stderr. */
export class Progress {
  readonly #spinner: Ora | undefined;
  #last = '';
  #live: { draw: Draw; timer: NodeJS.Timeout } | undefined;

  private constructor(spinner: Ora | undefined) {
    this.#spinner = spinner;
  }

  static async create(): Promise<Progress> {
    if (!isRedrawn()) return new Progress(undefined);
    const { default: ora } = await import('ora');
    const color = stderr.hasColors() ? 'cyan' : false;
    const options = { stream: stderr, discardStdin: false, isEnabled: true, interval: DRAW_MS };
    // Its types do not know the value for "none".
    return new Progress(ora({ ...options, color: color as 'cyan' }));
  }

  /** Shows what is being done now. */
  line = (text: string): void => {
    if (text === this.#last) return;
    this.#last = text;
    if (this.#spinner === undefined) stderr.write(`${text}\n`);
    else if (this.#live === undefined) this.#show(text);
  };

  /**
   * Shows a live view in place of the last line, until it is given another one or none.
   * @returns whether anybody sees it: only on a terminal.
   */
  live(draw: Draw | undefined): boolean {
    clearInterval(this.#live?.timer);
    this.#live = undefined;
    this.done();
    if (this.#spinner === undefined || draw === undefined) return false;
    const timer = setInterval(() => this.#draw(draw), DRAW_MS).unref();
    this.#live = { draw, timer };
    this.#draw(draw);
    return true;
  }

  /** Takes the live lines away, before the result is written. */
  done(): void {
    if (this.#spinner?.isSpinning) this.#spinner.stop();
  }

  #draw(draw: Draw): void {
    // A terminal that has lost its size is gone.
    const { columns, rows } = stderr;
    if (!columns) return;
    const lines = draw(this.#last, { columns: columns - MARGIN - LAST_COLUMN, rows: rows || 1 });
    this.#show(lines.join(`\n${' '.repeat(MARGIN)}`));
  }

  #show(text: string): void {
    if (this.#spinner?.isSpinning) this.#spinner.text = text;
    else this.#spinner?.start(text);
  }
}

/** Whether lines can be taken back. A terminal that does not know its width (0 columns) can't be redrawn. */
function isRedrawn(): boolean {
  return stderr.isTTY && Boolean(stderr.columns) && process.env.TERM !== 'dumb' && !('CI' in process.env);
}
