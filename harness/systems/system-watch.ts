import type { LabTime } from '../ground/time.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import type { Lab, LabNode } from '../lab/lab.ts';

/** What a system watches a trial with. */
export interface WatchedTrial<Files = unknown> {
  readonly lab: Lab;
  /** What the topology gives the system. */
  readonly files: Files;
  /** Gets what was done and seen. */
  readonly facts: TrialFacts;
  /** Keeps a file in the trial's folder. */
  readonly keep: (name: string, content: Uint8Array) => void;
}

/** When a system is looked at: right before the fault, before healing, and at the end of the trial. */
export type Moment = 'before' | 'during' | 'after';

/** A shared address in one trial: who held it before the first fault, and who holds it now. */
export interface WatchedAddress {
  /** Of what it belongs to; unique in the lab. */
  readonly name: string;
  /** The same in words: `virtual router 'router'`. */
  readonly what: string;
  readonly address: string;
  /** Who held it before the first fault. */
  readonly owner: LabNode | undefined;
  /** The nodes that hold it now, according to the kernel. */
  holders(): Promise<LabNode[]>;
  /** What it belongs to was deleted meanwhile: nobody is to hold it. Left out where that cannot be. */
  isGone?(): boolean;
}

/** What runs on other nodes when those that ran it are gone. */
export interface Takeover {
  /** The pause between two looks, in ms: a program in a node costs the machine more than a look of the agent. */
  readonly poll_ms: number;
  /**
   * Whether everything that these nodes ran before the fault runs on others.
   * @param last_ns when the last fault was applied: what of it is yet to be noticed cannot be over.
   */
  isOver(gone: ReadonlySet<LabNode>, last_ns: LabTime): Promise<boolean>;
  /** Why the trial fails when it is not over in the time that the drill gives it; nothing where a metric says so. */
  failure?(gone: ReadonlySet<LabNode>): string | undefined;
}

/**
 * A system in one trial, in the order of the trial. Each member is optional: a system has those for which it has
 * something to do. What throws ends the trial, which is then not measured, except where another thing is said.
 */
export interface SystemWatch {
  /** What the system has to say of the trial: it stands in the trial's facts under its name, and must be JSON. */
  readonly facts?: unknown;
  /**
   * Waits, before everything else, until it is as it should be.
   * @throws DeadlineError when it does not get so: that is a finding, and the trial fails with it.
   */
  settle?(signal?: AbortSignal): Promise<void>;
  /** What its nodes say of themselves when it is not as it should be: one sentence each, for the report. */
  explain?(): Promise<string[]>;
  /** Begins, when what the probes look at is there and before anything measures. It may wait. */
  begin?(signal?: AbortSignal): Promise<void>;
  /** Notes, while the captures start, who holds what. */
  start?(): Promise<void>;
  /** The addresses that its nodes share, as they were found by `start`. */
  addresses?(): readonly WatchedAddress[];
  /** Notes its state; at the end also what it has recorded. */
  look?(when: Moment): Promise<void>;
  /**
   * Waits for the moment of the first fault: the share, from 0 to 1, of a pause that it keeps, so that a seed always
   * gives the same phase. Only the first system that has such a pause is waited for.
   * @returns how long that took, in ms; 0 where it has none.
   */
  pace?(share: number, signal?: AbortSignal): Promise<number>;
  readonly takeover?: Takeover;
  /** The longest time after the last fault in which something may still come of it, in ms: a second owner. */
  may_follow_ms?(): number;
  /**
   * Waits after healing until it is as it should be for the next trial.
   * @throws DeadlineError when it does not get so: the audits find that.
   */
  heal?(signal?: AbortSignal): Promise<void>;
  /**
   * Then waits for what is due to come back.
   * @param healed_ns when healing was seen done.
   * @returns for how long after healing it must be watched at least, in ms.
   */
  awaitReturn?(healed_ns: LabTime, signal?: AbortSignal): Promise<number>;
  /** Notes, when that time is over, what came of it. */
  noteReturn?(healed_ns: LabTime): Promise<void>;
  /**
   * Ends it and gives back what it has changed, before the audits. Harmless twice.
   * @param whole nothing kept the trial from being carried through so far.
   */
  end?(whole: boolean): Promise<void>;
}
