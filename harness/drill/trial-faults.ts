import { InputError } from '../ground/errors.ts';
import type { LabTime } from '../ground/time.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import type { DrillFault } from './drill.ts';
import { FaultSequence } from './fault-sequence.ts';
import { failSteady } from './prove-steady.ts';
import type { SystemWatches } from './system-watches.ts';
import type { TrialContext } from './trial-context.ts';

/** The faults of a trial, none of them applied; what they do goes into its facts. */
export function trialFaults(
  { lab, note, signal, onProgress }: TrialContext,
  facts: TrialFacts,
  systems: SystemWatches,
): FaultSequence {
  const trial = facts.index;
  return new FaultSequence({
    lab,
    addresses: systems.addresses,
    facts,
    note: (event, details) => note(event, { trial, ...details }),
    signal,
    onProgress: (line) => onProgress(`trial ${trial}: ${line}`),
  });
}

/**
 * Applies faults. A role that no node, or more than one, has by now is not a mistake of the drill.
 * @returns the moment of the first.
 * @throws NotSteady for such a role; whatever `FaultSequence.apply` throws.
 */
export async function applyFaults(
  wanted: readonly DrillFault[],
  facts: TrialFacts,
  faults: FaultSequence,
  systems: SystemWatches,
): Promise<LabTime> {
  try {
    return await faults.apply(wanted);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const address of systems.addresses) {
      if ((await address.holders()).length !== 1) await failSteady(facts, systems, error.message);
    }
    throw error;
  }
}
