import { InputError } from '../ground/errors.ts';
import type { LabTime } from '../ground/time.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import type { RouterBefore } from '../systems/vrrp/live/router-watch.ts';
import { holdersOf, virtualRouters } from '../systems/vrrp/live/virtual-routers.ts';
import { FaultSequence } from './fault-sequence.ts';
import { failSteady } from './prove-steady.ts';
import type { TrialContext } from './trial-context.ts';

/** The faults of a trial, none of them applied; what they do goes into its facts. */
export function trialFaults(
  { lab, note, signal, onProgress }: TrialContext,
  facts: TrialFacts,
  before: readonly RouterBefore[],
): FaultSequence {
  const trial = facts.index;
  return new FaultSequence({
    lab,
    before,
    facts,
    note: (event, details) => note(event, { trial, ...details }),
    signal,
    onProgress: (line) => onProgress(`trial ${trial}: ${line}`),
  });
}

/**
 * Applies the drill's faults. A role that nobody, or more than one, plays by now is no mistake of the drill's.
 * @returns the moment of the first.
 * @throws NotSteady for such a role; whatever `FaultSequence.apply` throws.
 */
export async function applyFaults(
  { lab, drill }: TrialContext,
  facts: TrialFacts,
  faults: FaultSequence,
): Promise<LabTime> {
  try {
    return await faults.apply(drill.faults);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const router of virtualRouters(lab)) {
      if ((await holdersOf(lab, router)).length !== 1) await failSteady(lab, facts, error.message);
    }
    throw error;
  }
}
