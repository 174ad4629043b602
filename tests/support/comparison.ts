import { isDeepStrictEqual } from 'node:util';

/** A value that ours and the daemon read otherwise. */
export interface Difference {
  what: string;
  own: unknown;
  daemon: unknown;
  text: string;
}

/** What a comparison of many files with a daemon came to. */
export class Comparison {
  files = 0;
  /** Files that the daemon takes. */
  accepted = 0;
  values = 0;
  /** Values that ours names as not followed. */
  not_followed = 0;
  readonly differences: Difference[] = [];

  file(is_accepted: boolean): void {
    this.files += 1;
    if (is_accepted) this.accepted += 1;
  }

  open(): void {
    this.not_followed += 1;
  }

  value(what: string, own: unknown, daemon: unknown, text: string): void {
    this.values += 1;
    if (!isDeepStrictEqual(own, daemon)) this.differences.push({ what, own, daemon, text });
  }

  /** For the log of a test. */
  toString(): string {
    return `${this.files} files, ${this.accepted} taken by the daemon; ${this.values} values, ${this.not_followed} not followed, ${this.differences.length} differ`;
  }
}
