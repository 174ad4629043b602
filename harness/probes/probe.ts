import type { z } from 'zod';
import type { FrameWatch } from '../evidence/frame-watch.ts';
import type { Moment } from '../evidence/moment.ts';
import type { Records } from '../evidence/records.ts';
import { type LabTime, NS_PER_MS } from '../ground/time.ts';
import type { Bound } from '../journal/journal.ts';
import type { MetricDeclarations } from '../journal/metric.ts';
import type { TrialWindows } from '../journal/trial-facts.ts';
import type { Lab } from '../lab/lab.ts';
import type { ProbeRequests } from '../observe/probe-requests.ts';
import type { Outage } from '../outage/outage.ts';
import type { PartialLoss } from '../outage/request-losses.ts';

export type { TrialWindows } from '../journal/trial-facts.ts';

/** How long before the fault the machine must have let the probes run, for the start of an outage to be right. */
export const WATCHED_BEFORE_NS = 500 * NS_PER_MS;

/** What a probe's records say. */
export interface ProbeFindings {
  /** Measure with unit, without the probe's name: `outage_ms`. */
  metrics: Record<string, number>;
  /** Every time without service from the fault on, in order; never merged. */
  outages: Outage[];
  /** Of several kinds of traffic: the outages that each length is of, by measure; a length that is not named is of all. */
  outages_of?: Readonly<Record<string, readonly Outage[]>>;
  /** Times in which a share of its requests was lost, of a probe that can measure them; in order. */
  partial_loss?: PartialLoss[];
  /** How much shorter lengths of outages may be, by measure, in ms: some of the requests in them were answered. */
  shorter_ms?: Readonly<Record<string, number>>;
  /** What must be known beside the numbers: one sentence each. */
  notes?: string[];
  /** Disturbance after the failed node came back, of a probe that can measure it; in ms. */
  rejoin_outage_ms?: number;
  /** When the last of what was interrupted went on. */
  resumed_ns?: LabTime;
  /** What had not come back when the trial ended: one sentence each. It fails the trial. */
  open: string[];
  /** Why the numbers can't be trusted: one sentence each. It makes the trial unknown. */
  doubts: string[];
  /** The longest time that the machine kept the probe from its schedule, from shortly before the fault on, in ms. */
  starved_ms?: number;
  /** The same until the healing began; undefined where it is not known apart. */
  starved_until_healing_ms?: number;
}

/** What a probe gathers from the captures. */
export interface WireWatch extends FrameWatch {
  /** What that adds to its findings; asked when every frame was seen. */
  findings(windows: TrialWindows): WireFindings;
}

export interface WireFindings {
  /** Measure with unit, without the probe's name. */
  metrics: Record<string, number>;
  /** What the protocols allow for its measures, as far as that depends on what was seen. */
  bounds: Record<string, Bound>;
  moments: Moment[];
}

/** A probe that is measuring. */
export interface RunningProbe {
  readonly name: string;
  /** What is wrong with the service right now, or undefined when it is as it should be. */
  trouble(): Promise<string | undefined>;
  /**
   * Whether all that can still come back after the fault has come back, or is known to be lost.
   * @param since_ns a moment after which the service must have been seen working.
   */
  settled(since_ns: LabTime): Promise<boolean>;
  /** Ends the probe and brings its records home. */
  stop(): Promise<Records>;
  /** Ends the probe, whatever state it is in. */
  abandon(): Promise<void>;
}

/** What a trial did to the service, as far as it bounds what a probe may see. */
export interface ProbeBoundCause {
  /**
   * How long the takeover may keep clients from the service; undefined when the fault does not cut them off. For a probe
   * whose packets stay on their link: how long an exchange with the servers that are left may take.
   */
  takeover: Bound | undefined;
  /** Why that is not known, where there would be something to know. */
  missing?: string | undefined;
  /**
   * How long some of its requests may go where nobody serves them any more while others are served, or why that is not
   * known.
   */
  disturbance?: Bound | string;
  /** How long flows that begin after the fault may be without it while others go on, or why that is not known. */
  new_flows?: Bound | string;
  /** How long the probes with the same causes were without it, in ms; undefined when they were not. */
  outage_ms: number | undefined;
  /** No probe with the same causes sees outages. */
  outage_unseen?: true;
}

/** An entry of the probes' registry. `Options` is what a drill file says about one probe of this kind. */
export interface ProbeKind<Options extends z.ZodObject = z.ZodObject> {
  readonly kind: string;
  readonly summary: string;
  readonly options: Options;
  /**
   * Every metric that it gives, by its name without the probe's. A measure that another kind has as well is declared alike
   * but for its meaning: a journal does not say of which kind a probe was.
   */
  readonly metrics: MetricDeclarations;
  /** The nodes that the options name, to be checked against the topology. */
  nodes(options: z.output<Options>): string[];
  /** Port that its packets go to: how they are found in captures. */
  port(options: z.output<Options>): { protocol: 'udp' | 'tcp'; port: number };
  /** What of its own traffic is too much to be captured (pcap-filter(7)); undefined when nothing is. */
  bulk?(options: z.output<Options>): string | undefined;
  /** Its packets stay on their link: what routers do says nothing about it, and it nothing about them. */
  readonly on_link?: boolean;
  /** It asks for what a system of the lab serves, whatever the address that it asks at. */
  readonly behind?: true;
  /** The machine may keep it, or the servers that it looks at, from running for so long, in ms. */
  readonly most_late_ms: number;
  /** The same where these options bear more. */
  mostLateMs?(options: z.output<Options>): number;
  /**
   * What the protocols allow for its measures, or the reason why that is not known, of those that would have a bound.
   * @param found its metrics.
   */
  bounds?(
    options: z.output<Options>,
    cause: ProbeBoundCause,
    found: Readonly<Record<string, number>>,
  ): Record<string, Bound | string>;
  /** Its measures, in ms after the first fault, whose moment a trial with these options waits for. */
  awaits?(options: z.output<Options>): readonly string[];
  /** What its options alone allow for its measures, before a lab runs; `from` says on what condition. */
  foreseen?(options: z.output<Options>): Record<string, Bound>;
  /**
   * Waits until what it looks at is there at all: a lab that has just been built may still be at it.
   * @throws DeadlineError telling what was awaited.
   */
  ready?(lab: Lab, options: z.output<Options>, signal?: AbortSignal): Promise<void>;
  /** @param signal ends a start that takes long. */
  start(lab: Lab, name: string, options: z.output<Options>, signal?: AbortSignal): Promise<RunningProbe>;
  /**
   * The times without service from the fault on as the wire alone shows them, for a probe whose requests can be told
   * apart there.
   * @param requests every request of the probe that came by one segment, in order.
   */
  witness?(options: z.output<Options>, requests: ProbeRequests, windows: TrialWindows): Outage[];
  /** What it has to look for in the captures of a trial with these records; undefined when nothing. */
  watch?(name: string, options: z.output<Options>, files: Records): WireWatch;
  /**
   * What its records say: the same for the same records, whenever it is asked.
   * @throws InputError when a record is missing or is none.
   */
  analyse(name: string, options: z.output<Options>, files: Records, windows: TrialWindows): ProbeFindings;
}
