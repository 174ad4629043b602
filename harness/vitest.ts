/** For tests: what `import ... from 'hadrill/vitest'` gives. */

import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { test as base, expect } from 'vitest';
import type { MeasureOptions } from './drill/hand-context.ts';
import type { HandTrial } from './drill/hand-trial.ts';
import type { RunResult } from './drill/run-options.ts';
import { InputError } from './ground/errors.ts';
import { parseDurationMs } from './ground/time.ts';
import { measure, openLab, runDrill } from './index.ts';
import type { Lab } from './lab/lab.ts';
import { type Claim, hadSingleOwner, passed, recoveredWithin, survived } from './matchers/claim.ts';
import { claimMessage } from './matchers/claim-message.ts';

type OpenOptions = NonNullable<Parameters<typeof openLab>[1]>;
type DrillOptions = NonNullable<Parameters<typeof runDrill>[1]>;

/** As the functions of the library, for as long as one test: what they began is healed and removed when it ends. */
export interface HadrillFixture {
  /** A lab with a name of its own, so that tests run side by side. */
  openLab(file: string, options?: OpenOptions): Promise<Lab>;
  measure(lab: Lab, options: MeasureOptions): Promise<HandTrial>;
  runDrill(nameOrPath: string, options?: DrillOptions): Promise<RunResult>;
}

/**
 * `test` of vitest with the fixture `hadrill`. A test that fails, runs into its timeout or is cancelled leaves no lab
 * behind: what it awaits is ended, everything is healed, and its labs are removed before the next test.
 */
export const test = base.extend<{ hadrill: HadrillFixture }>({
  hadrill: async ({ signal }, use) => {
    const begun: (() => Promise<void>)[] = [];
    // A test that has run into its timeout is left while it still builds or measures: that is waited for.
    const untilOver = <T>(work: Promise<T>, dispose: (made: T) => PromiseLike<void> | void): Promise<T> => {
      begun.push(() => work.then(dispose, () => undefined));
      return work;
    };
    await use({
      openLab: (file, options = {}) => {
        const name = `${path.basename(file).split('.')[0]}-${randomUUID().slice(0, 8)}`;
        const lab = openLab(file, { name, signal, ...options });
        return untilOver(lab, (one) => one[Symbol.asyncDispose]());
      },
      measure: (lab, options) =>
        untilOver(measure(lab, { signal, ...options }), (one) => one[Symbol.asyncDispose]()),
      runDrill: (drill, options) => untilOver(runDrill(drill, { signal, ...options }), () => undefined),
    });
    const failures: unknown[] = [];
    for (const end of begun.toReversed()) await end().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  },
});

/** What matchers judge: a `RunResult`, or its journal. */
type Judged = Pick<RunResult, 'journal'> & Partial<RunResult>;

interface HadrillMatchers<R> {
  /** No client was without service for longer than this (`'4s'`), in any trial. */
  toRecoverWithin(time: string): R;
  /** Every TCP session lived on, on the same socket, in every trial. */
  toSurvive(): R;
  /** No shared address was on two nodes at once, in any trial. */
  toHaveSingleOwner(): R;
  /** The run passed, by its own expectations and audits. */
  toPass(): R;
}

declare module 'vitest' {
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown>
    extends HadrillMatchers<R> {}
}

expect.extend({
  toRecoverWithin(received: unknown, time: string) {
    const most_ms = parseDurationMs(time);
    return outcome(this, received, `the service to recover within ${time}`, (journal) =>
      recoveredWithin(journal, most_ms),
    );
  },
  toSurvive(received: unknown) {
    return outcome(this, received, 'every TCP session to survive', survived);
  },
  toHaveSingleOwner(received: unknown) {
    return outcome(this, received, 'every shared address to have one owner at most', hadSingleOwner);
  },
  toPass(received: unknown) {
    return outcome(this, received, 'the run to pass', passed);
  },
});

/** What could not be measured holds neither for a claim nor for its contrary. */
function outcome(
  { isNot }: { isNot?: boolean },
  received: unknown,
  claimed: string,
  judge: (journal: RunResult['journal']) => Claim,
): { pass: boolean; message: () => string } {
  const { journal, folder } = judgedOf(received);
  const found = judge(journal);
  const not = isNot === true;
  return {
    pass: found.verdict === 'unknown' ? not : found.verdict === 'pass',
    message: () => claimMessage(found, `${not ? 'not ' : ''}${claimed}`, folder),
  };
}

function judgedOf(received: unknown): Judged {
  if (received instanceof Object && 'journal' in received) return received as Judged;
  throw new InputError('this matcher judges a result: of `runDrill`, or of `trial.result()`');
}
