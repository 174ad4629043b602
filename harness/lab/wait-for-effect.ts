import { DeadlineError } from '../ground/errors.ts';
import { waitUntil } from '../ground/wait.ts';

/** What is not as it should be, for people; undefined when all is. */
export type Doubt = string | undefined;

const TIMEOUT_MS = 10_000;
const POLL_MS = 10;

/**
 * Gives a change the time that it takes: looks again until there is no doubt left.
 * @param look what is not as it should be; undefined when all is.
 * @returns the doubt that was left at the deadline, by default after ten seconds.
 */
export async function waitForEffect(
  look: () => Promise<Doubt>,
  { timeout_ms, interval_ms } = { timeout_ms: TIMEOUT_MS, interval_ms: POLL_MS },
): Promise<Doubt> {
  let doubt: Doubt;
  try {
    await waitUntil({
      what: 'the change to take effect',
      timeout_ms,
      interval_ms,
      check: async () => {
        doubt = await look();
        return doubt === undefined;
      },
    });
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
  }
  return doubt;
}
