import type { TestContext } from 'vitest';
import type { Trial } from '../../harness/journal/journal.ts';

/** Skips a test whose trial is unknown because the machine was starved; the test says so. @param what was run. */
export function skipIfStarved(context: TestContext, what: string, trials: readonly Trial[]): void {
  const starved = trials.find(({ verdict, reason }) => verdict === 'unknown' && /starved/.test(reason ?? ''));
  context.skip(starved !== undefined, `${what}: ${starved?.reason}`);
}
