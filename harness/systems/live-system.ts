import type { Lab, LabNode } from '../lab/lab.ts';
import type { SeenProcess } from '../lab/node-look-shapes.ts';
import type { ProcessKeeper } from '../lab/process-keeper.ts';
import type { TargetRole } from '../topology/targets.ts';
import type { TopologyNode } from '../topology/topology.ts';
import type { Audit } from './audit.ts';
import type { BadNews } from './bad-news.ts';
import type { Fault, FaultKind } from './fault.ts';
import type { System } from './system.ts';
import type { SystemWatch, WatchedTrial } from './system-watch.ts';

/** A part that a node of the system plays, by which a target may name it. */
export interface Role extends TargetRole {
  /**
   * The node that plays it at this moment.
   * @param of what stands in the parentheses of the target.
   * @throws InputError when no node has it now, or more than one do.
   */
  resolve(lab: Lab, of: string): Promise<LabNode>;
}

/** The service that starts a process, as the init of its node knows it. */
export interface Service {
  readonly name: string;
  /** Services that need it, and may end with it: they are started after it. */
  readonly followers: readonly string[];
}

/** The same system in a running lab. It says what it can; the rest is left out. */
export interface LiveSystem<Files = unknown> {
  readonly system: System<Files>;
  /** What must hold after every trial. */
  readonly audits?: readonly Audit[];
  /** Program to the command by which it says its version: the first number with a dot in what it prints. */
  readonly daemons?: Readonly<Record<string, readonly string[]>>;
  /** Lines of their logs that say that something is wrong. */
  readonly bad_news?: readonly BadNews[];
  /** Names of further processes that its daemons start and that live as long. */
  readonly workers?: readonly string[];
  /**
   * Whether it starts and ends such processes in the node by itself, as roles and places move: that one is another than
   * before is no finding then.
   */
  moves?(lab: Lab, node: LabNode, process: Pick<SeenProcess, 'name' | 'service'>): boolean;
  /** Word to role: `master` of `master(VR)`. No two systems have the same word. */
  readonly roles?: Readonly<Record<string, Role>>;
  /** What only it can break. */
  readonly faults?: readonly FaultKind[];
  /**
   * How a node leaves what it shares with others when the processes of that name get the signal (`SIGTERM`).
   * @returns undefined where it keeps it, or the processes are not the system's.
   */
  departure?(process: string, signal: string): Fault['departure'];
  /** The service of a process that has not the same name, or that others need; undefined for any other process. */
  serviceOf?(process: string): Service | undefined;
  /** Whether it starts processes in the node by itself. */
  startsIn?(lab: Lab, node: LabNode): boolean;
  /**
   * What will have processes run again that it started in the node, asked while they still run; undefined where they are
   * not such. The node's own init knows no service of that name.
   */
  keeper?(lab: Lab, node: LabNode, process: string): Promise<ProcessKeeper | undefined>;
  /** Whether the node has addresses that another one takes when they are gone. */
  sharesAddresses?(node: TopologyNode): boolean;
  /** Has it forget what failed in the node: it may run everything everywhere again. */
  forgetFailures?(lab: Lab, node: LabNode): Promise<void>;
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
