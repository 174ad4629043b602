import type { LabTime } from '../ground/time.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import { labNow } from '../lab/now.ts';
import type { RunningProbe } from '../probes/probe.ts';
import { probes as probeKinds } from '../probes/registry.ts';
import { abandonCapture, finishCapture, startCapture } from './capture.ts';
import type { SystemWatches } from './system-watches.ts';
import type { TrialContext } from './trial-context.ts';

/** Everything that measures during a trial: probes, captures, and what the agent watches. */
export class Measuring {
  readonly #context: TrialContext;
  readonly #facts: TrialFacts;
  #running: RunningProbe[] = [];
  #capturing = false;
  #since_ns: LabTime | undefined;

  /** @param facts gets what was seen. */
  constructor(context: TrialContext, facts: TrialFacts) {
    this.#context = context;
    this.#facts = facts;
  }

  /** The probes that run. */
  get probes(): readonly RunningProbe[] {
    return this.#running;
  }

  /** What the probes will look at is there. */
  async proveReady(): Promise<void> {
    const { lab, drill, signal } = this.#context;
    for (const { kind, options } of drill.probes) await probeKinds.need(kind).ready?.(lab, options, signal);
  }

  /** @param systems start with it. */
  async start(systems: SystemWatches): Promise<void> {
    const { lab, drill, signal } = this.#context;
    const kinds = drill.probes.map((probe) => ({ probe, kind: probeKinds.need(probe.kind) }));
    const bulk = kinds.flatMap(({ probe, kind }) => kind.bulk?.(probe.options) ?? []);
    this.#capturing = true;
    this.#since_ns = await labNow(lab);
    await Promise.all([systems.start(), startCapture(lab, bulk), lab.agent.call('watch_pressure', {})]);
    const starts = await Promise.allSettled(
      kinds.map(async ({ probe, kind }) => {
        this.#running.push(await kind.start(lab, probe.name, probe.options, signal));
      }),
    );
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Ends the measuring and brings home what was recorded. */
  async collect(fault_ns: LabTime, pressure_since_ns: LabTime): Promise<void> {
    const { lab, keepRecord, keepPieces } = this.#context;
    const facts = this.#facts;
    facts.pressure = await lab.agent.call('pressure', { since_ns: pressure_since_ns });
    const records = await Promise.all(this.#running.map((probe) => probe.stop()));
    this.#running = [];
    for (const files of records)
      for (const [name, content] of Object.entries(files)) keepRecord(name, content);
    this.#capturing = false;
    facts.captures = await finishCapture(lab, keepPieces);
    // A fault that takes an address has done so by the end of its system call.
    const since_ns = facts.fault?.before_ns ?? fault_ns;
    facts.address_events = await lab.agent.call('address_events', { since_ns });
    const power = await lab.agent.call('power_events', { since_ns: 0 });
    if (power.length > 0) facts.power_events = power;
    const gaps = await lab.agent.call('address_gaps', { since_ns: this.#since_ns ?? since_ns });
    if (gaps.length > 0) facts.address_gaps = gaps;
  }

  /** What the machine did while a trial was measured that was not carried through. */
  async notePressure(): Promise<void> {
    if (this.#since_ns === undefined) return;
    this.#facts.pressure = await this.#context.lab.agent.call('pressure', { since_ns: this.#since_ns });
  }

  /** Ends what still measures, without its records: one promise for each. Harmless when nothing does. */
  abandon(): Promise<void>[] {
    return [
      ...this.#running.map((probe) => probe.abandon()),
      ...(this.#capturing ? [abandonCapture(this.#context.lab)] : []),
    ];
  }
}
