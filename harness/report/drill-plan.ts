import type { Bound, Expectation } from '../journal/journal.ts';
import type { Hold } from '../journal/run-facts.ts';
import type { FaultPlan } from './plan-faults.ts';

/** What a run would do. */
export interface DrillPlan extends FaultPlan {
  drill: string;
  description: string;
  /** Absolute path of the topology file. */
  topology: string;
  profile: string;
  variables: Record<string, string>;
  nodes: PlannedNode[];
  segments: { name: string; ports: { node: string; interface: string; address: string | null }[] }[];
  probes: PlannedProbe[];
  hold: Hold;
  expectations: Expectation[];
  /** What is allowed for what is expected `within_bound`, by the files. */
  bounds: Record<string, Bound>;
  /** Metric to the reason why that is not known before a lab runs. */
  missing_bounds: Record<string, string>;
  trials: number;
  seed: number;
  /**
   * What the holds of all trials and the pauses between their faults need by themselves; building the lab and the
   * takeovers come on top.
   */
  at_least_ms: number;
}

/** A node, with what it is given of this machine and what is run in it. */
export interface PlannedNode {
  name: string;
  host: string;
  image: string;
  /** `SOURCE:TARGET`, from outside the topology's folder. */
  foreign_binds: string[];
  /** Commands, as the file has them. */
  exec: string[];
  /** Beside those of its image. */
  cap_add: string[];
}

/** With the options of its kind; those that are durations have names that end in `_ms`. */
export type PlannedProbe = { name: string; kind: string } & Record<string, unknown>;
