import type { Doubt } from './wait-for-effect.ts';

/** The component that has the processes of a name run again when they have ended. */
export interface ProcessKeeper {
  /** Has them run again, and waits for it. Harmless when they run. @throws DeadlineError, EnvironmentError. */
  restore(): Promise<void>;
  /** What of them does not run as before. */
  missing(): Promise<Doubt>;
}
