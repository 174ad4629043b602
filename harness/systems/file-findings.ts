import type { InputProblem } from '../ground/errors.ts';

/** What a check of a file found. */
export interface Finding extends InputProblem {
  /** The daemons take it, or only a running node can show: it is reported, and the lab is built. */
  note?: true;
}

/** Findings of one file, by line. */
export class Findings {
  readonly file: string;
  readonly all: Finding[] = [];

  constructor(file: string) {
    this.file = file;
  }

  /** What the daemons refuse, or what cannot work. */
  problem(line: number, message: string): void {
    this.all.push({ message, position: { file: this.file, line } });
  }

  note(line: number, message: string): void {
    this.all.push({ message, position: { file: this.file, line }, note: true });
  }
}
