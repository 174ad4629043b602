import type { ConnectionEntry } from '../findings/connection-entries.ts';
import type { ConntrackdStats } from '../findings/conntrackd-stats.ts';
import type { DaemonState } from './daemon-state.ts';

/** Connections of a node; `kernel` is undefined where it has no conntrack(8). */
export interface EntriesSeen {
  internal: ConnectionEntry[];
  external: ConnectionEntry[];
  kernel: ConnectionEntry[] | undefined;
}

/** One look at the conntrackd of a node. */
export interface ConntrackdSeen {
  node: string;
  daemon: DaemonState;
  /** It ran before the fault. */
  ran_before: boolean;
  /** What it answered; undefined when it did not. */
  stats?: ConntrackdStats | undefined;
  /** What it said instead of an answer. */
  silence?: string;
  /** The connections themselves, where they were looked at. */
  entries?: EntriesSeen | undefined;
  /** Messages of its peers that it has ignored as out of order; undefined where it does not say. */
  ignored?: number | undefined;
}
