import type { z } from 'zod';
import type { LabTime } from '../ground/time.ts';
import type { Lab } from '../lab/lab.ts';

/** When the phases of a trial were, on the lab's clock. */
export interface TrialWindows {
  /** The fault's system call. */
  fault_ns: LabTime;
  /** When mending began. */
  heal_ns: LabTime;
  /** The end of the trial. */
  end_ns: LabTime;
}

/** What a probe's `stop` brings home. */
export interface ProbeFindings {
  /** Measure with unit, without the probe's name: `outage_ms`. */
  metrics: Record<string, number>;
  /** Disturbance after the failed node came back, of a probe that can tell; in ms. */
  rejoin_outage_ms?: number;
  /** What had not come back when the trial ended: one sentence each. It fails the trial. */
  open: string[];
  /** The longest time that the machine kept the probe from its schedule around the fault, in ms. */
  starved_ms?: number;
  /** Raw records to keep beside the journal: file name to content. */
  files: Record<string, Uint8Array>;
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
  /** Ends the probe and reads its records. */
  stop(windows: TrialWindows): Promise<ProbeFindings>;
  /** Ends the probe, whatever state it is in. */
  abandon(): Promise<void>;
}

/** An entry of the probes' registry. `Options` is what a drill file says about one probe of this kind. */
export interface ProbeKind<Options extends z.ZodObject = z.ZodObject> {
  readonly kind: string;
  readonly summary: string;
  readonly options: Options;
  /** Every metric that it gives: name (without the probe's) to what it means. */
  readonly metrics: Readonly<Record<string, string>>;
  /** The nodes that the options name, to be checked against the topology. */
  nodes(options: z.output<Options>): string[];
  /** Port that its packets go to, for the capture filter and the search for the first forwarded one. */
  port(options: z.output<Options>): { protocol: 'udp' | 'tcp'; port: number };
  start(lab: Lab, name: string, options: z.output<Options>): Promise<RunningProbe>;
}
