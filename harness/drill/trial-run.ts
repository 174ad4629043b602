import { nodesRunning } from '../audits/nodes-running.ts';
import { AUDITS_AHEAD_MS, type BeforeFault, beginAudits, lookBeforeFault } from '../audits/run-audits.ts';
import { InputError, messageOf } from '../ground/errors.ts';
import type { LabTime } from '../ground/time.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import { addTrouble } from '../journal/trial-words.ts';
import { labNow } from '../lab/now.ts';
import type { RunningProbe } from '../probes/probe.ts';
import { auditAnyway } from './audit-anyway.ts';
import type { DrillFault } from './drill.ts';
import { waitForFaultMoment } from './fault-moment.ts';
import type { FaultSequence } from './fault-sequence.ts';
import { NotHealed } from './heal-fault.ts';
import { Heartbeat } from './heartbeat.ts';
import { Measuring } from './measuring.ts';
import { noteAudits } from './note-audits.ts';
import { NotSteady, proveSteady } from './prove-steady.ts';
import { proveGreen } from './steady-state.ts';
import { SystemWatches } from './system-watches.ts';
import type { TrialContext } from './trial-context.ts';
import { applyFaults, trialFaults } from './trial-faults.ts';
import { watchReturn } from './watch-return.ts';
import { watchTakeover } from './watch-takeover.ts';

/** A trial, step by step: begin, breakIt, awaitTakeover, heal, finish; `cleanUp` in any case. */
export class TrialRun {
  readonly #context: TrialContext;
  readonly #facts: TrialFacts;
  readonly #measuring: Measuring;
  readonly #systems: SystemWatches;
  #faults: FaultSequence | undefined;
  #ran: BeforeFault | undefined;
  #clean = true;
  /** By the clock of this process, in ms. */
  #started_at: number | undefined;
  #pressure_since_ns: LabTime | undefined;
  #fault_ns: LabTime | undefined;
  #heartbeat: Heartbeat | undefined;
  #healed: { from_ns: LabTime; until_ns: LabTime } | undefined;
  /** It was carried through. */
  #whole = false;

  constructor(context: TrialContext, facts: TrialFacts) {
    this.#context = context;
    this.#facts = facts;
    this.#measuring = new Measuring(context, facts);
    this.#systems = new SystemWatches(context, facts);
  }

  /** The probes that run. */
  get probes(): readonly RunningProbe[] {
    return this.#measuring.probes;
  }

  /** Proves the steady state, and has everything measure. @throws NotSteady; DeadlineError. */
  async begin(): Promise<void> {
    const { lab, drill, signal, view } = this.#context;
    const systems = this.#systems;
    view?.stage('waiting for the steady state');
    // What the agent has noted of earlier trials is in their records.
    await lab.agent.call('forget', { before_ns: await labNow(lab) });
    // The first trial of a lab waits here for its first election, which belongs to no trial.
    await proveSteady(this.#context, this.#facts, systems);
    await this.#measuring.proveReady();
    await systems.begin();
    this.#started_at = performance.now();
    view?.stage('starting probes and captures');
    await this.#measuring.start(systems);
    await proveGreen(this.#measuring.probes, drill.hold.steady_ms, signal, view);
    this.#pressure_since_ns = await labNow(lab);
    await systems.look('before');
    this.#ran = await lookBeforeFault(lab);
  }

  /** Applies faults, the first of the trial at the moment that the seed sets. @throws as `applyFaults`. */
  async breakIt(faults: readonly DrillFault[]): Promise<void> {
    const { view } = this.#context;
    view?.stage('waiting for the moment of the fault');
    if (!this.#faults) {
      this.#facts.pause_ms = await waitForFaultMoment(this.#context, this.#systems);
      this.#faults = trialFaults(this.#context, this.#facts, this.#systems);
      view?.stage('breaking');
    }
    this.#fault_ns = await applyFaults(faults, this.#facts, this.#faults, this.#systems);
    if (view) this.#heartbeat ??= new Heartbeat(this.#measuring.probes, view);
  }

  /** Waits until others have what the victims had. A deadline that passes is a finding. */
  async awaitTakeover(): Promise<void> {
    const [faults, systems] = [this.#broken(), this.#systems];
    await watchTakeover(this.#context, this.#facts, { faults, systems, probes: this.#measuring.probes });
  }

  /** Heals everything, and waits until the systems are as they should be. */
  async heal(): Promise<void> {
    await this.#systems.look('during');
    this.#context.view?.stage('healing');
    this.#healed = await this.#broken().heal();
    this.#context.onProgress(`trial ${this.#facts.index}: healed`);
    await this.#systems.heal();
  }

  /** Watches the return, ends the measuring, audits, and heals what was left until then. */
  async finish(): Promise<void> {
    const { lab } = this.#context;
    const [facts, systems, fault_ns] = [this.#facts, this.#systems, this.#fault_ns!];
    const { from_ns: heal_ns, until_ns: healed_ns } = this.#healed!;
    const audits = this.#auditsNearEnd(this.#ran!);
    await watchReturn(this.#context, systems, healed_ns, audits);
    const end_ns = await labNow(lab);
    await this.#heartbeat?.end();
    this.#context.view?.stage('collecting records, and auditing');
    await this.#measuring.collect(fault_ns, this.#pressure_since_ns!);
    await systems.look('after');
    facts.windows = { fault_ns, heal_ns, healed_ns, end_ns };
    // Audited is what the next trial will find.
    await Promise.all(systems.end(true));
    noteAudits(facts, await audits.run());
    await this.#broken().heal({ all: true });
    facts.wall_ms = performance.now() - this.#started_at!;
    this.#whole = true;
  }

  #broken(): FaultSequence {
    if (!this.#faults) throw new InputError('nothing was broken yet: a trial has one fault at least');
    return this.#faults;
  }

  /** The audits, of which those that listen begin while the trial still watches. */
  #auditsNearEnd(before: BeforeFault) {
    let begun: ReturnType<typeof beginAudits> | undefined;
    return {
      ahead_ms: AUDITS_AHEAD_MS,
      begin: () => {
        begun = beginAudits({ lab: this.#context.lab, before, facts: this.#facts });
        // A trial that ends before it asks for them has its own reason.
        begun.catch(() => undefined);
      },
      run: async () => (await begun!)(),
    };
  }

  /** Ends what is still measuring and heals what is still broken. What fails here is trouble as well. */
  async cleanUp(): Promise<void> {
    const steps = [
      ...(this.#faults ? [this.#faults.heal({ all: true })] : []),
      ...(this.#heartbeat ? [this.#heartbeat.end()] : []),
      ...this.#systems.end(this.#whole),
      ...this.#measuring.abandon(),
    ];
    for (const step of await Promise.allSettled(steps)) {
      // In a lab that is lost nothing can be healed, and another one will be built.
      if (step.status !== 'rejected' || this.#context.watch.signal.aborted) continue;
      this.#clean = false;
      const reason = messageOf(step.reason);
      if (!this.#facts.trouble?.includes(reason)) addTrouble(this.#facts, `cleaning up failed: ${reason}`);
    }
    this.#systems.noteFacts();
  }

  /**
   * After the clean-up of a trial that was not carried through.
   * @param ended what it ended with.
   */
  async auditAnyway(ended: unknown): Promise<void> {
    const facts = this.#facts;
    if (!facts.windows)
      await this.#measuring.notePressure().catch((error: unknown) => addTrouble(facts, messageOf(error)));
    const steady = !(ended instanceof NotSteady);
    await auditAnyway(this.#context, facts, steady, this.#systems, this.#ran);
    // A node that went away may take more with it.
    const whole = facts.audits.every(({ name, verdict }) => name !== nodesRunning.name || verdict === 'pass');
    const mended = this.#clean && !(ended instanceof NotHealed) && facts.faults.every(isHealed);
    if (facts.trouble !== undefined) facts.mended = mended && whole;
  }
}

function isHealed({ reverted_at }: TrialFacts['faults'][number]): boolean {
  return reverted_at !== null;
}
