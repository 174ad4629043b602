import type { Environment } from './environment.ts';
import type { Expectation } from './journal.ts';
import type { Layout } from './layout.ts';
import type { RunCommand } from './run-command.ts';
import type { ShardOfRun } from './shard.ts';

/** What was run and where: with the trials' facts, all that a journal is computed from. */
export const RUN_FACTS_SCHEMA = 'hadrill.run/1';

export interface RunFacts {
  schema: typeof RUN_FACTS_SCHEMA;
  drill: string;
  topology: string;
  profile: string;
  seed: number;
  /** RFC 3339, UTC, nanoseconds. */
  started_at: string;
  environment: Environment;
  /** How it was asked for; absent in records from before it was noted. */
  command?: RunCommand;
  /** A program made it with the library: no command repeats it. */
  by_program?: true;
  /** How far timers are from what is usual: one sentence each. */
  scale?: string[];
  /** What the lab is made of; absent in records from before it was noted. */
  layout?: Layout;
  probes: DrillProbe[];
  hold: Hold;
  expect: Expectation[];
  /** How many trials were asked for; absent in records from before it was noted. */
  trials_asked?: number;
  /** The part of a run that this is; absent in a whole one. */
  shard?: ShardOfRun;
  /** Why not all of them were made: `interrupted`, or what went wrong. */
  ended_early?: string;
}

export interface DrillProbe {
  name: string;
  kind: string;
  /** As the probe kind's schema has read them. */
  options: Record<string, unknown>;
}

/** How long each part of a trial lasts, or may last, in ms. */
export interface Hold {
  /** Service must be undisturbed for this long before the fault. */
  steady_ms: number;
  /** Deadline for service to come back after the fault. */
  takeover_ms: number;
  /** Deadline for the sessions to go on or to be known as lost, after service is back. */
  recovery_ms: number;
  /** How long is watched after everything has come back and before healing begins. */
  settled_ms: number;
  /** How long is watched after the failed node is back. */
  rejoin_ms: number;
}
