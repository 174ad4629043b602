import type { Lab, LabNode } from '../lab/lab.ts';
import type { TargetRole } from '../topology/targets.ts';
import type { Audit } from './audit.ts';
import type { System } from './system.ts';
import type { SystemWatch, WatchedTrial } from './system-watch.ts';

/** A part that a node of the system plays, by which a target may name it. */
export interface Role extends TargetRole {
  /**
   * The node that plays it at this moment.
   * @param of what stands in the parentheses of the target.
   * @throws InputError when nobody plays it now, or more than one do.
   */
  resolve(lab: Lab, of: string): Promise<LabNode>;
}

/** The same system in a running lab. It says what it can; the rest is left out. */
export interface LiveSystem<Files = unknown> {
  readonly system: System<Files>;
  /** What must hold after every trial. */
  readonly audits?: readonly Audit[];
  /** Program to the command by which it says its version: the first number with a dot in what it prints. */
  readonly daemons?: Readonly<Record<string, readonly string[]>>;
  /** Word to role: `master` of `master(VR)`. No two systems have the same word. */
  readonly roles?: Readonly<Record<string, Role>>;
  /** Before any node is wired. */
  attach?(lab: Lab, files: Files): void;
  /**
   * Asks in the nodes of a lab that has just been built whether waiting for its steady state makes sense.
   * @throws InputError in the words of a daemon that refuses its configuration; EnvironmentError when an image lacks what
   *   the files need; DeadlineError when a node does not get that far.
   */
  require?(lab: Lab, files: Files, signal?: AbortSignal): Promise<void>;
  /**
   * The same of a lab that is left as it is: what a run asks while it waits for its steady state.
   * @throws InputError in the words of a daemon that refuses its configuration.
   */
  check?(lab: Lab, files: Files, signal?: AbortSignal): Promise<void>;
  /** Watches it through one trial; undefined where the lab has none of it. Nothing is asked of the lab yet. */
  watch?(trial: WatchedTrial<Files>): SystemWatch | undefined;
}
