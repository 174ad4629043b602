import type { Environment } from './environment.ts';
import type { RunCommand } from './run-command.ts';
import type { ShardOfRun } from './shard.ts';
import type { ClusterRecord, LeaseTableRecord } from './system-records.ts';
import type { TimelineEvent } from './timeline-event.ts';

/** The record of a run. Report, JUnit and summary are made from it. The shape is a fixed contract. */
export const JOURNAL_SCHEMA = 'hadrill.journal/1';

/** `unknown`: could not be measured; never reads as pass. */
export type Verdict = 'pass' | 'fail' | 'unknown';

export interface Journal {
  schema: typeof JOURNAL_SCHEMA;
  drill: string;
  topology: string;
  profile: string;
  seed: number;
  /** RFC 3339, UTC, nanoseconds. */
  started_at: string;
  verdict: Verdict;
  environment: Environment;
  /** How it was asked for; absent in journals from before it was noted. */
  command?: RunCommand;
  /** A program made it with the library: no command repeats it. */
  by_program?: true;
  /** How far timers are from what is usual, because a drill has not got hours: one sentence each. */
  scale?: string[];
  expectations: ExpectationRecord[];
  /** How many trials were asked for; absent in journals from before it was noted. */
  trials_asked?: number;
  /** The part of a run that this is; absent in a whole one. */
  shard?: ShardOfRun;
  /** Why the rest of them was not made: `interrupted`, or what went wrong. Absent where the run goes on or was killed. */
  ended_early?: string;
  /** Those that were made. */
  trials: Trial[];
  /** Trials that were run again because the machine starved them; their numbers count for nothing. */
  repeated: Trial[];
  summary: Record<string, Summary>;
}

/** How the values of a metric over the trials become one: `each` judges every trial by itself. */
export const STATS = ['each', 'min', 'median', 'p95', 'max'] as const;
export type Stat = (typeof STATS)[number];

/** `within_bound`: inside the trial's own protocol bound, widened by `value` on both sides. */
export const OPS = ['<', '<=', '==', '!=', '>=', '>', 'within_bound'] as const;
export type Op = (typeof OPS)[number];

export interface Expectation {
  metric: string;
  stat: Stat;
  op: Op;
  /** In the metric's unit; for `within_bound` the margin. */
  value: number;
  /** The finding by which it is known to fail, for people: while it does, it fails no trial and no run. */
  known?: string;
}

export interface ExpectationRecord extends Expectation {
  /** The value judged; for `each` the worst trial's; null when nothing was observed. */
  observed: number | null;
  verdict: Verdict;
  /** `observed` is only a lower bound: an outage was still open when it was last looked at. */
  at_least?: true;
  /** For people: which trial, which bound. */
  detail?: string;
}

export interface Trial {
  index: number;
  verdict: Verdict;
  /** The machine that it was made on, in a run over several engines or that was merged of shards; else that of the run. */
  machine?: string;
  /** The engine that it was made on, in a run over several. */
  engine?: string;
  reason?: string;
  /**
   * Why its numbers can't be trusted: one sentence each; then they count for nothing. Empty: they can be. Absent: they
   * can be unless the trial is `unknown`; so it was in journals from before there was this.
   */
  doubts?: string[];
  faults: FaultRecord[];
  /** `<probe>.<measure>_<unit>`, `vip.*`, `rejoin.*`. */
  metrics: Record<string, number>;
  bounds: Record<string, Bound>;
  /** Metric to the reason why its value is not known, where it would have one: a capture that lacks packets. */
  missing_metrics?: Record<string, string>;
  /** Metric to the reason why there is no bound for it: "`include` at r1:keepalived.conf:14 is not followed". */
  missing_bounds?: Record<string, string>;
  /** Metrics whose value is a lower bound only: the outage was open when it was last looked at, or a part is not known. */
  lower_bounds?: string[];
  /**
   * Metrics that are lengths of outages in which some requests were answered, never so many one after the other that the
   * outage was over: the least that each may be, by loss (RFC 6412). The value itself is by timestamps.
   */
  least?: Record<string, number>;
  /**
   * Metrics that are of several subjects, such as virtual routers: what each has. The metric's own value is that of the one
   * with the most. With `within_bound` each is judged by its own bound.
   */
  parts?: Record<string, MetricPart[]>;
  /** What a reader must know beside the numbers, and what does not change the verdict: one sentence each. */
  notes?: string[];
  audits: AuditRecord[];
  /** What happened, in order of time. */
  timeline: TimelineEvent[];
  /** Every outage that a probe saw from the fault on, in order of time; never merged. */
  outages: OutageRecord[];
  /** Times in which a share of a probe's requests was lost, in order of time; absent when there was none. */
  degraded?: DegradedRecord[];
  /** What each DHCP server's lease table knew, of labs that have some. */
  lease_tables?: LeaseTableRecord[];
  /** What each cluster said of itself, of labs that have some. */
  clusters?: ClusterRecord[];
  /** What systems without a key of their own above have to show, by name: rows in the shape that each declares. */
  systems?: Record<string, unknown[]>;
  /** Folder with its captures and probe records, beside the journal; absent where they were not kept. */
  records?: string;
  /** Its captures and probe records were removed when it had been judged, as the run was asked to. */
  records_dropped?: true;
}

export interface FaultRecord {
  kind: string;
  /** As written: `host:master(router)`. */
  target: string;
  /** What that was at the moment of injection: `host:node1 (r1)`. */
  resolved: string;
  /** RFC 3339, UTC, nanoseconds; taken at the system call. */
  applied_at: string;
  reverted_at: string | null;
  /** The fault was seen to be in effect. */
  verified: boolean;
  /** What was tried to heal it, in this order; absent where its own means have healed it. */
  healing?: HealingStep[];
  /** How the drill has it; absent in records from before it was noted, and where a program broke it. */
  planned?: PlannedFault;
}

/**
 * A step of healing. `revert`: the fault's own means; `replug`: its wires are plugged in anew; `recreate`: the containers of
 * its victims are removed and made anew.
 */
export interface HealingStep {
  step: 'revert' | 'replug' | 'recreate';
  /** `left-out`: it could not have healed it. */
  outcome: 'healed' | 'failed' | 'left-out';
  /** Unless it has healed it. */
  why?: string;
}

/** What of a fault a run can be replayed with. */
export interface PlannedFault {
  /** Which entry of the drill's list, from 0 on. */
  entry: number;
  /** After the first fault, in ms; of a schedule. */
  at_ms?: number;
  /** After the fault before it, in ms. */
  after_ms: number;
  /** Healed so long after it was applied, in ms; absent: at the end. */
  heal_ms?: number;
  /** The seed drew it. */
  drawn?: true;
}

/** A time in which a probe's requests were not answered in time. */
export interface OutageRecord {
  probe: string;
  /** After the fault. */
  start_ms: number;
  /** By timestamps; a lower bound when `open`. */
  outage_ms: number;
  outage_error_ms: number;
  /** By loss: requests lost x interval (RFC 6412). */
  loss_derived_ms: number;
  lost: number;
  /** Requests answered in time within it, too few in a row to end it; absent where there were none. */
  answered?: number;
  /** It began before the probe's first request, or had not ended at its last. */
  open: boolean;
  /** Which way was lost; absent where that is not known. */
  direction?: LossDirection;
}

/** Which way requests were lost; with `to-server`, nothing is known of the way back. */
export const LOSS_DIRECTIONS = ['to-server', 'to-client', 'both'] as const;
export type LossDirection = (typeof LOSS_DIRECTIONS)[number];

/** A time in which a share of a probe's requests was lost, and others were answered. */
export interface DegradedRecord {
  probe: string;
  /** Of a probe of several kinds of traffic: the length of outages of the same kind, `new_outage_ms`; absent: `outage_ms`. */
  measure?: string;
  /** After the fault. */
  start_ms: number;
  /** A lower bound when `open`. */
  degraded_ms: number;
  degraded_error_ms: number;
  /** The share that was lost, without outages within. */
  loss_ratio: number;
  /** Wilson's interval of 95 % of that share; absent in journals of versions that did not compute it. */
  ratio_low?: number;
  ratio_high?: number;
  lost: number;
  /** The most that were lost one after the other; absent as the interval. */
  longest_run?: number;
  /** It had not ended at the probe's last request. */
  open: boolean;
  direction?: LossDirection;
}

/** What the protocol allows for a metric, in the metric's unit. */
export interface Bound {
  low: number;
  high: number;
  /** The arithmetic, for people: "VRRPv3: 3 x 1 s + 0.805 s - 1 s". */
  from: string;
  /**
   * What the same arithmetic gives for the moment at which the fault fell inside the protocol's interval; absent where that
   * moment was not measured, or there is no such interval. The value less this is the residual, by which runs are compared.
   */
  at_phase?: number;
}

/** What one of several subjects has of a metric. */
export interface MetricPart {
  /** Its name. */
  of: string;
  /** Absent where it is not known. */
  value?: number;
  bound?: Bound;
  /** Why the value is not known, or else why there is no bound. */
  missing?: string;
}

export interface AuditRecord {
  name: string;
  verdict: Verdict;
  detail: string;
  /** Of a failure: it was so no longer when it was looked at again. A machine that did not let the trial run may be why. */
  passing?: true;
}

export interface Summary {
  n: number;
  min: number;
  median: number;
  p95: number;
  max: number;
  /** Bootstrap 95 % interval of the median. */
  ci95: [number, number];
  /** How many of the values are only lower bounds; absent when none is. */
  lower_bounds?: number;
}
