import { createHash } from 'node:crypto';

/** A seed of 32 bits of its own for each use of the seed of a run. */
export function seedOf(...words: (string | number)[]): number {
  return createHash('sha256').update(JSON.stringify(words)).digest().readInt32BE(0);
}
