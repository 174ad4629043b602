import type { InputProblem } from '../ground/errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { MetricDeclarations } from '../journal/metric.ts';
import type { Section } from '../journal/section.ts';
import type { Environment } from '../topology/substitute-variables.ts';
import type { Topology } from '../topology/topology.ts';
import type { ForeseenFault, ForeseenFindings } from './foreseen.ts';
import type { SystemAnalysis } from './system-analysis.ts';

/** What a system read of the files that a topology gives it. */
export interface Loaded<Files> {
  files: Files;
  /** What its daemons take, but not as one may think, or what only the nodes can show: reported, nothing is refused. */
  notes: readonly InputProblem[];
  /** Absolute paths of files that the topology names and does not bind. */
  sources: readonly string[];
}

/** One kind of system under test. Pure: runs on files alone, on any machine. */
export interface System<Files = unknown> {
  readonly name: string;
  /** Every metric that it can give, by full name. */
  readonly metrics: MetricDeclarations;
  /** Metrics of another system that it gives where that one is absent: full names. */
  readonly stands_in_for?: readonly string[];
  /** What its metrics need: completes "this metric needs …" and says how a topology shows that it has none. */
  readonly needs: string;
  /** Whether a topology has one. */
  isIn(topology: Topology): boolean;
  /**
   * Reads and checks the files that a topology gives it; of a topology without it there is nothing to say.
   * @param env the variables that the topology was loaded with.
   * @throws InputError with everything that is wrong, each with file, line and column.
   */
  load(topology: Topology, env: Environment): Promise<Loaded<Files>>;
  /** What of its timers is not as its defaults are, one sentence each: a run's report says it. */
  scale?(files: Files): readonly string[];
  /** What does not fit its files in the options of a probe: one message each, and the option that it is about. */
  checkProbe?(
    files: Files,
    options: Readonly<Record<string, unknown>>,
  ): readonly { message: string; key: string }[];
  /** What its files allow for what a fault does to it, before a lab runs. */
  foresee?(files: Files, topology: Topology, fault: ForeseenFault): ForeseenFindings;
  /** Left out where trials show nothing of it. */
  readonly analysis?: SystemAnalysis;
  /**
   * Its rows in a trial of the journal: under a key of the journal's own, else under `systems` by its name. Those that rest
   * on the captures are left out where the captures lack something.
   */
  readonly rows?: { key?: 'lease_tables' | 'clusters'; from_captures?: true };
  /** Its tables of a report: the steps of what happened stand before the timeline, the state that it was in behind it. */
  readonly table?: SystemTable | readonly SystemTable[];
  /** What of its own belongs to the findings of a run: one sentence each. */
  headline?(journal: Journal): readonly string[];
}

/** A table of a report. */
export interface SystemTable {
  readonly shows: 'steps' | 'state';
  /** undefined where the run has nothing to say. */
  of(journal: Journal): Section | undefined;
}
