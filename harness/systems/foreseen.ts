import type { Bound } from '../journal/journal.ts';
import type { Target } from '../topology/targets.ts';
import type { Cause } from './system-analysis.ts';

/** A fault as it is known before a lab runs. */
export interface ForeseenFault {
  /** For people: `crash of host:master(router)`. */
  what: string;
  target: Target;
  /** How its victims leave what they take part in: without a word, or saying so; undefined when that is not known. */
  departure: 'abrupt' | 'graceful' | undefined;
  stops_forwarding: boolean;
  /** As in the fault, of a fault of a process. */
  signal?: string;
  down_ms?: number;
}

/** What the files of a system allow for it. Names of metrics are full. */
export interface ForeseenFindings {
  bounds: Readonly<Record<string, Bound>>;
  /** Metric to the reason why its bound is not known before a lab runs. */
  missing_bounds: Readonly<Record<string, string>>;
  causes: readonly Cause[];
}
