import type { FaultSpan } from '../evidence/fault-spans.ts';
import type { FrameWatch } from '../evidence/frame-watch.ts';
import type { Moment } from '../evidence/moment.ts';
import type { Records } from '../evidence/records.ts';
import type { Wire } from '../evidence/wire.ts';
import type { LabTime } from '../ground/time.ts';
import type { AuditRecord, Bound, MetricPart } from '../journal/journal.ts';
import type { CommonFacts, TrialFacts, TrialWindows } from '../journal/trial-facts.ts';
import type { Outage } from '../outage/outage.ts';

/** One trial as a system may read it before it has seen a frame. */
export interface TrialScene<Facts> {
  facts: Facts;
  /** What systems noted of themselves is not in it: each gets its own as `facts`. */
  trial: CommonFacts;
  /** Of the whole trial. */
  windows: TrialWindows;
  /** What was broken, each with its own stretch of the trial, in order. */
  faults: readonly [FaultSpan, ...FaultSpan[]];
  /** Ports of the servers of the probes whose packets leave their link. */
  ports: readonly { protocol: 'udp' | 'tcp'; port: number }[];
}

/** A wire of a node by which no frame gets to the others for some time after a fault. */
export interface CutWire {
  node: string;
  interface: string;
  /** For how long, in ms after the fault, or why that is not known: it may be so until healing. */
  gap: Bound | string;
}

/** What a trial left behind, as a system may read it. */
export interface Evidence<Facts, Watch> extends TrialScene<Facts> {
  /** Which of `faults` is asked about: 0 for the first. What is of the whole trial is reported with the first. */
  at: number;
  /** Files that the system's live half has kept, and the probes' own. */
  records: Records;
  /** What each fault took of the wires of nodes, by the systems that carry frames; left out where none does. */
  cut_wires?: readonly (readonly CutWire[])[];
  /** Has seen every frame. */
  watch: Watch;
  wire: Wire;
  /** The longest time without service between the first fault and healing, of probes whose packets leave their link. */
  outage: Outage | undefined;
  /** What the probes found whose packets leave their link. */
  clients: readonly ClientFindings[];
  /** The same of those whose packets stay on it. */
  on_link: readonly ClientFindings[];
}

/** What a probe found, as far as a system may say which of its parts served it. */
export interface ClientFindings {
  probe: string;
  port: { protocol: 'udp' | 'tcp'; port: number };
  /** Where its clients ask, before any other address that they know; undefined of one that asks at none. */
  address?: string;
  /** The nodes that its options name: its own, and its server's. */
  nodes: readonly string[];
  /** Of the whole trial, by measure: `lost`. */
  metrics: Readonly<Record<string, number>>;
  /** Its longest outage in the stretch of each fault, in ms; undefined when it measures none. */
  outages_ms: readonly (number | undefined)[];
  /** One of its outages had not ended when the trial did. */
  open: boolean;
}

/** Two nodes, whichever asks: the key of a set of pairs. */
export function pairWord(a: string, b: string): string {
  return [a, b].toSorted().join(' ');
}

/** Which clients a cause may keep from their service. */
export type Reach =
  /** Those that ask at one of these addresses. */
  | { kind: 'addresses'; addresses: ReadonlySet<string> }
  /**
   * Those whose packets the system routes; but those of probes with these ports, whose way is known; of one family alone
   * where another part routes the other; but those that ask at an address of its own, `own`.
   */
  | { kind: 'routed'; but?: ReadonlySet<string>; own?: ReadonlySet<string>; family?: 4 | 6 }
  /** Those of probes with these ports (`portWord`), whose packets it was seen to send on; but those that ask at `own`. */
  | { kind: 'carried'; ports: ReadonlySet<string>; own?: ReadonlySet<string> }
  /** Those between two nodes of such a pair (`pairWord`), whatever lies between them. */
  | { kind: 'between'; pairs: ReadonlySet<string> }
  /** Those that ask for what the system serves, whatever the address. */
  | { kind: 'behind' }
  /** Those on the link of the system's nodes, which ask whichever of them answers. */
  | { kind: 'on-link' };

/** Why clients may be without service after a fault, and which of them. */
export interface Cause {
  reaches: Reach;
  /** Some requests fail or are late, others are served: it bounds for how long that goes on, and no outage. */
  disturbs?: true;
  /** Flows that lasted when it began go on: it is of those that begin later. */
  new_flows?: true;
  /** For how long, in ms after the fault; left out where it keeps nobody from anything, or that is not known. */
  bound?: Bound;
  /** Why that is not known, where something is. */
  missing?: string;
}

/** What a system found out about one fault of a trial. Names of metrics are full: `vip.detection_ms`. */
export interface SystemFindings {
  metrics?: Readonly<Record<string, number>>;
  bounds?: Readonly<Record<string, Bound>>;
  /** Metric to the reason why it has no bound. */
  missing_bounds?: Readonly<Record<string, string>>;
  /** Metric to the reason why it has no value. */
  missing_metrics?: Readonly<Record<string, string>>;
  /** Metrics that are of several subjects: the value of each. */
  parts?: Readonly<Record<string, readonly MetricPart[]>>;
  /** For the timeline. */
  moments?: readonly Moment[];
  /** Why the trial's numbers can't be trusted: one sentence each. They make it unknown. */
  doubts?: readonly string[];
  /** What had not come back when the trial ended: one sentence each. They fail it. */
  open?: readonly string[];
  /** What a reader must know beside the numbers: one sentence each. */
  notes?: readonly string[];
  causes?: readonly Cause[];
  /** When clients were served again: TCP's recovery counts from here. */
  served_ns?: LabTime;
  /** Who of its daemons sleeps for longer is taken for dead, in ms: the machine must keep to that. */
  most_overslept_ms?: number;
  /** What must hold in the whole trial and only the captures show, in the words of audits. */
  audits?: readonly AuditRecord[];
  /** For its part of the journal: see `rows` of the system. */
  rows?: readonly unknown[];
}

/**
 * How a system reads trials: the same findings for the same records, on any machine. It is asked about each fault by
 * itself, in order.
 */
export interface SystemAnalysis<Facts = unknown, Watch extends FrameWatch = FrameWatch> {
  /**
   * What a trial's facts have of it; undefined where there is nothing.
   * @throws InputError when that is not what it should be.
   */
  factsOf(trial: TrialFacts): Facts | undefined;
  /** Gets every frame of the trial. */
  listen(scene: TrialScene<Facts>): Watch;
  /** Audits that it answers from the captures: name to what must hold, in a clause for the reference. */
  readonly audits?: Readonly<Record<string, string>>;
  /** The wires of nodes by which nothing gets on with the fault that is asked about, of a system that carries frames. */
  cutWires?(evidence: Omit<Evidence<Facts, Watch>, 'cut_wires'>): readonly CutWire[];
  /** @throws InputError when a record is missing or is not what it should be. */
  analyse(evidence: Evidence<Facts, Watch>): SystemFindings;
}
