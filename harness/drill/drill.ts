import type { Expectation } from '../journal/journal.ts';

/** A drill file, read and checked. */
export interface Drill {
  /** `l3/node-crash` for a shipped one, else the file's name without its ending. */
  name: string;
  /** Absolute path of the drill file. */
  file: string;
  description: string;
  /** Absolute path of the topology file. */
  topology: string;
  /** The profile whose variables are in force. */
  profile: string;
  /** What replaces `${NAME}` in the topology: the profile's variables, then the drill's own. */
  variables: Record<string, string>;
  probes: DrillProbe[];
  fault: DrillFault;
  hold: Hold;
  expect: Expectation[];
}

export interface DrillProbe {
  name: string;
  kind: string;
  /** As the probe kind's schema has read them. */
  options: Record<string, unknown>;
}

export interface DrillFault {
  kind: string;
  target: string;
  options: Record<string, string>;
}

/** How long each part of a trial lasts, or may last, in ms. */
export interface Hold {
  /** Service must be undisturbed for this long before the fault. */
  steady_ms: number;
  /** Deadline for service to come back after the fault. */
  takeover_ms: number;
  /** Deadline for the sessions to go on or to be known as lost, after service is back. */
  recovery_ms: number;
  /** How long is watched after everything has come back and before mending begins. */
  settled_ms: number;
  /** How long is watched after the failed node is back. */
  rejoin_ms: number;
}
