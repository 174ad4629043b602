import { HadrillError, InputError, messageOf } from '../ground/errors.ts';
import { TRIAL_FACTS_SCHEMA, type TrialFacts } from '../journal/trial-facts.ts';
import { addNotes, addTrouble } from '../journal/trial-words.ts';
import { AccidentError, type AccidentWatch } from '../lab/accident-watch.ts';
import type { Lab } from '../lab/lab.ts';
import type { DrillFault } from './drill.ts';
import { NotSteady } from './prove-steady.ts';
import type { TrialContext } from './trial-context.ts';
import { TrialRun } from './trial-run.ts';

/**
 * One repetition: steady state proven, fault, takeover, healing, rejoin, steady state again. What goes wrong
 * with the measurement is noted as its trouble; the lab is healed in any case.
 * @param faults what it breaks.
 * @param notes what a reader must know beside the numbers.
 * @returns what was done and seen; captures and probes' records have gone to `keepRecord`.
 * @throws InputError for a target that resolves to nothing; InterruptedError when the signal was given.
 */
export async function runTrial(
  given: TrialContext,
  index: number,
  faults: readonly DrillFault[],
  notes: readonly string[] = [],
): Promise<TrialFacts> {
  const { watch } = given;
  // What is awaited in a lab that somebody else has changed need not be awaited any longer.
  const signal = given.signal ? AbortSignal.any([given.signal, watch.signal]) : watch.signal;
  const context = { ...given, signal };
  const facts = emptyFacts(context.lab, index);
  addNotes(facts, ...notes);
  watch.beginTrial();
  const attempt = new TrialRun(context, facts);
  let ended: unknown;
  try {
    await carryThrough(attempt, faults);
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

async function carryThrough(trial: TrialRun, faults: readonly DrillFault[]): Promise<void> {
  await trial.begin();
  await trial.breakIt(faults);
  await trial.awaitTakeover();
  await trial.heal();
  await trial.finish();
}

/** The facts of a trial of which nothing is known yet. */
export function emptyFacts({ agent }: Lab, index: number): TrialFacts {
  return {
    schema: TRIAL_FACTS_SCHEMA,
    index,
    epoch_ns: String(agent.epoch_ns),
    faults: [],
    routers: [],
    address_events: [],
    conntrack_fillings: [],
    pressure: [],
    captures: [],
    audits: [],
  };
}

/** What somebody else did to the lab, or the engine, is reported before what came of it: the trial says nothing then. */
export async function tellAccidents(watch: AccidentWatch, facts: TrialFacts): Promise<void> {
  // An engine that does not answer is an accident that the watch knows of.
  if (!watch.signal.aborted)
    await watch.look().catch((error: unknown) => addTrouble(facts, messageOf(error)));
  const { accidents } = watch;
  if (accidents.length > 0) facts.trouble = [...accidents, facts.trouble].filter(Boolean).join('; ');
}
