import type { Loss, WireEnd } from '../journal/trial-facts.ts';
import type { AgentPort, ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import type { Target } from '../topology/targets.ts';
import type { Topology } from '../topology/topology.ts';
import type { ResolvedTarget, TargetForm } from './resolved-target.ts';

/** One thing to break, bound to its victims. Its life: apply, verifyApplied, heal, verifyHealed. */
export interface Fault {
  /** For reports and plots: `crash of host node1 (r1)`. */
  readonly label: string;
  /** Nodes that it takes part of. */
  readonly victims: readonly LabNode[];
  /**
   * How its victims leave what they share with others, a virtual address for example. `abrupt`: it is lost without a word
   * on the wire. `graceful`: that is announced. Undefined: they keep it.
   */
  readonly departure: 'abrupt' | 'graceful' | undefined;
  /** Whether its victims stop forwarding with it: then clients are cut off for as long as the takeover takes. */
  readonly stops_forwarding: boolean;
  /** What of the victims is lost that a daemon of theirs may look at, where no node is. */
  readonly loss?: Loss;
  /** The wires on which it loses every frame, both ways. */
  readonly cuts?: readonly WireEnd[];
  /** Its victims are back by the end of `apply`: each may own what it owned before. */
  readonly comes_back?: true;
  /** Healing it is as much of a disturbance as the fault: a trial that gives no time for it heals it when it has measured. */
  readonly heals_last?: true;
  /** What a reader must know of what it did, in sentences; known when it was applied. */
  readonly notes?: readonly string[];
  /** What its processes, of a fault of a process, were sent. */
  readonly signal?: string;
  /** For how long it keeps them down before it has them started again, in ms; left out where it does not. */
  readonly down_ms?: number;
  /** It does nothing to its victims' processes. A fault of an interface or of a network never does. */
  readonly spares_processes?: true;
  /** It keeps its victims' processes from a processor: that they wait for one says nothing of the machine then. */
  readonly holds_back?: true;
  /** Wires of its victims, where it is in their ports: plugged in anew they are whole. */
  readonly wires?: readonly AgentPort[];
  /** Where it is instead, for people, when its victims made anew would still have it: `its rules are in the fabric`. */
  readonly outside?: string;
  /** How the fabric heals it by itself, should this process be gone before it could. */
  readonly guard: readonly GuardStep[];
  /** Breaks it; the time is taken around the system call. */
  apply(): Promise<ChangeTime>;
  /** Looks whether it is broken as meant. Waits up to its own deadline. */
  verifyApplied(): Promise<Doubt>;
  /** Heals it. Harmless when nothing is broken (any more). */
  heal(): Promise<void>;
  /** Looks whether it is healed. Waits up to its own deadline. */
  verifyHealed(): Promise<Doubt>;
}

/** Options that a fault kind may take, from the drill file or the command line. */
export type FaultOptions = Readonly<Record<string, string>>;

/** How a fault will take its victims. */
export type ForeseenTaking = Pick<Fault, 'departure' | 'stops_forwarding' | 'signal' | 'down_ms'>;

/** An entry of the catalogue. */
export interface FaultKind {
  readonly kind: string;
  /** One line for `hadrill list`. */
  readonly summary: string;
  /** What it can be aimed at. */
  readonly targets: readonly TargetForm[];
  /** Option name to what it means. */
  readonly options: Readonly<Record<string, string>>;
  /** What of the kernel it needs that a kernel may lack: names of `KERNEL_ABILITIES`. */
  needs?(options: FaultOptions): readonly string[];
  /**
   * What of the options can be known to be wrong without a lab.
   * @throws InputError for a value that does not fit.
   */
  checkOptions?(options: FaultOptions, form: TargetForm): void;
  /**
   * What of the options names what the topology does not have.
   * @throws InputError for a name that there is not; `target` has been checked.
   */
  checkNames?(options: FaultOptions, target: Target, topology: Topology): void;
  /** The images that it has nodes run, by the names that are written: they must be there before anything is broken. */
  images?(options: FaultOptions): readonly string[];
  /** How it will take its victims, as far as that follows without a lab. */
  foresee?(target: Target, options: FaultOptions): ForeseenTaking;
  /**
   * Binds the fault to its victims; touches nothing.
   * @throws InputError when the target or an option does not fit.
   */
  prepare(lab: Lab, target: ResolvedTarget, options: FaultOptions): Fault;
}
