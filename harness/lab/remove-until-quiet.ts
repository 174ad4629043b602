/** What a dead harness had asked for may still be under way in the engine. */
const QUIET_MS = 2000;
const PAUSE_MS = 100;
/** Between two attempts while the engine is away or refuses. */
const LONGEST_PAUSE_MS = 5000;
/** An engine that was not back by then is not waited for: `hadrill gc` removes what it left. */
const GIVE_UP_MS = 3_600_000;

interface Removal {
  /** Removes what there is and returns how much that was. It throws while the engine is away or refuses. */
  remove: () => Promise<number>;
  /** A clock, ms. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/**
 * Removes until there has been nothing to remove for 2 s. An engine that is away or refuses is asked again for up to
 * an hour: it has not said that nothing is left.
 * @returns whether that was reached.
 */
export async function removeUntilQuiet({ remove, now, sleep }: Removal): Promise<boolean> {
  const give_up = now() + GIVE_UP_MS;
  let quiet_since = now();
  let pause_ms = PAUSE_MS;
  while (now() < give_up) {
    const removed = await remove().catch(() => undefined);
    if (removed !== 0) quiet_since = now();
    if (now() - quiet_since >= QUIET_MS) return true;
    pause_ms = removed === undefined ? Math.min(pause_ms * 1.5, LONGEST_PAUSE_MS) : PAUSE_MS;
    await sleep(pause_ms);
  }
  return false;
}
