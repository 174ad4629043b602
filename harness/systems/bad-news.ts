/**
 * A line that a daemon logs when something is wrong with it. `failure`: a limit that it has met or a mistake that it has made, and
 * what it does from then on is in doubt. `note`: something that a busy machine may do to it as well.
 */
export interface BadNews {
  readonly pattern: RegExp;
  /** What it means, in a clause. */
  readonly means: string;
  readonly level: 'failure' | 'note';
}
