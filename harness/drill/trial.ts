import { nodesRunning } from '../audits/nodes-running.ts';
import { AUDITS_AHEAD_MS, type BeforeFault, beginAudits, lookBeforeFault } from '../audits/run-audits.ts';
import { HadrillError, InputError, messageOf } from '../ground/errors.ts';
import { TRIAL_FACTS_SCHEMA, type TrialFacts } from '../journal/trial-facts.ts';
import { addNotes, addTrouble } from '../journal/trial-words.ts';
import { AccidentError, type AccidentWatch } from '../lab/accident-watch.ts';
import { labNow } from '../lab/now.ts';
import { auditAnyway } from './audit-anyway.ts';
import { waitForFaultMoment } from './fault-moment.ts';
import type { FaultSequence } from './fault-sequence.ts';
import { NotHealed } from './inject.ts';
import { Measuring } from './measuring.ts';
import { NotSteady, proveSteady } from './prove-steady.ts';
import { proveGreen } from './steady-state.ts';
import { SystemWatches } from './system-watches.ts';
import type { TrialContext } from './trial-context.ts';
import { applyFaults, trialFaults } from './trial-faults.ts';
import { watchReturn } from './watch-return.ts';
import { watchTakeover } from './watch-takeover.ts';

/**
 * One repetition: steady state proven, fault, takeover, healing, rejoin, steady state again. What goes wrong
 * with the measurement is noted as its trouble; the lab is healed in any case.
 * @param notes what a reader must know beside the numbers.
 * @returns what was done and seen; captures and probes' records have gone to `keepRecord`.
 * @throws InputError for a target that resolves to nothing; InterruptedError when the signal was given.
 */
export async function runTrial(
  given: TrialContext,
  index: number,
  notes: readonly string[] = [],
): Promise<TrialFacts> {
  const { watch } = given;
  // What is awaited in a lab that somebody else has changed need not be awaited any longer.
  const signal = given.signal ? AbortSignal.any([given.signal, watch.signal]) : watch.signal;
  const context = { ...given, signal };
  const facts: TrialFacts = {
    schema: TRIAL_FACTS_SCHEMA,
    index,
    epoch_ns: String(context.lab.agent.epoch_ns),
    faults: [],
    routers: [],
    address_events: [],
    conntrack_fillings: [],
    pressure: [],
    captures: [],
    audits: [],
  };
  addNotes(facts, ...notes);
  watch.beginTrial();
  const attempt = new TrialRun(context, facts);
  let ended: unknown;
  try {
    await attempt.run();
  } catch (error) {
    ended = error;
    if (!(error instanceof NotSteady || error instanceof AccidentError)) {
      // What a target resolves to in a lab that others have changed is not a mistake of the drill's.
      const isDefect = error instanceof InputError && watch.accidents.length === 0;
      if (isDefect || !(error instanceof HadrillError)) throw error;
      addTrouble(facts, messageOf(error));
    }
  } finally {
    await attempt.cleanUp();
  }
  given.signal?.throwIfAborted();
  await tellAccidents(watch, facts);
  // What somebody else did to the lab is not the system's.
  if (ended && watch.accidents.length === 0 && !watch.signal.aborted) await attempt.auditAnyway(ended);
  given.signal?.throwIfAborted();
  return facts;
}

/** What somebody else did to the lab, or the engine, is reported before what came of it: the trial says nothing then. */
async function tellAccidents(watch: AccidentWatch, facts: TrialFacts): Promise<void> {
  // An engine that does not answer is an accident that the watch knows of.
  if (!watch.signal.aborted)
    await watch.look().catch((error: unknown) => addTrouble(facts, messageOf(error)));
  const { accidents } = watch;
  if (accidents.length > 0) facts.trouble = [...accidents, facts.trouble].filter(Boolean).join('; ');
}

class TrialRun {
  readonly #context: TrialContext;
  readonly #facts: TrialFacts;
  readonly #measuring: Measuring;
  readonly #systems: SystemWatches;
  #faults: FaultSequence | undefined;
  #ran: BeforeFault | undefined;
  #clean = true;
  /** It was carried through. */
  #whole = false;

  constructor(context: TrialContext, facts: TrialFacts) {
    this.#context = context;
    this.#facts = facts;
    this.#measuring = new Measuring(context, facts);
    this.#systems = new SystemWatches(context, facts);
  }

  async run(): Promise<void> {
    const { lab, drill, signal, onProgress } = this.#context;
    const facts = this.#facts;
    const systems = this.#systems;
    // What the agent has noted of earlier trials is in their records.
    await lab.agent.call('forget', { before_ns: await labNow(lab) });
    // The first trial of a lab waits here for its first election, which belongs to no trial.
    await proveSteady(this.#context, facts, systems);
    await this.#measuring.proveReady();
    await systems.begin();
    const started_at = performance.now();
    await this.#measuring.start(systems);
    await proveGreen(this.#measuring.probes, drill.hold.steady_ms, signal);
    const pressure_since_ns = await labNow(lab);
    await systems.look('before');
    const ran = await lookBeforeFault(lab);
    this.#ran = ran;
    facts.pause_ms = await waitForFaultMoment(this.#context, systems);
    this.#faults = trialFaults(this.#context, facts, systems);
    const fault_ns = await applyFaults(this.#context, facts, this.#faults, systems);
    await watchTakeover(this.#context, facts, {
      faults: this.#faults,
      systems,
      probes: this.#measuring.probes,
    });
    await systems.look('during');
    const healed = await this.#faults.heal();
    onProgress(`trial ${facts.index}: healed`);
    await systems.heal();
    const audits = this.#auditsNearEnd(ran);
    await watchReturn(this.#context, systems, healed.until_ns, audits);
    const end_ns = await labNow(lab);
    await this.#measuring.collect(fault_ns, pressure_since_ns);
    await systems.look('after');
    facts.windows = {
      fault_ns,
      heal_ns: healed.from_ns,
      healed_ns: healed.until_ns,
      end_ns,
    };
    // Audited is what the next trial will find.
    await Promise.all(systems.end(true));
    facts.audits = await audits.run();
    facts.wall_ms = performance.now() - started_at;
    this.#whole = true;
  }

  /** The audits, of which those that listen begin while the trial still watches. */
  #auditsNearEnd(before: BeforeFault) {
    let begun: ReturnType<typeof beginAudits> | undefined;
    return {
      ahead_ms: AUDITS_AHEAD_MS,
      begin: () => {
        begun = beginAudits({ lab: this.#context.lab, before });
        // A trial that ends before it asks for them has its own reason.
        begun.catch(() => undefined);
      },
      run: async () => (await begun!)(),
    };
  }

  /** Ends what is still measuring and heals what is still broken. What fails here is trouble as well. */
  async cleanUp(): Promise<void> {
    const steps = [
      ...(this.#faults ? [this.#faults.heal()] : []),
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
