import { DeadlineError } from '../ground/errors.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import { addFailures, addNotes } from '../journal/trial-words.ts';
import { requireNodes } from '../lab/require-nodes.ts';
import type { SystemWatches } from './system-watches.ts';
import type { TrialContext } from './trial-context.ts';

/** The trial ended before its fault, and its facts say why it fails. */
export class NotSteady extends Error {}

/**
 * Waits until every node runs and every system under test is as it should be. That one never gets so is a finding: the
 * trial fails with what its nodes say of themselves.
 * @throws NotSteady after the finding was added to the facts; EnvironmentError when a node does not run.
 */
export async function proveSteady(
  { lab, signal }: Pick<TrialContext, 'lab' | 'signal'>,
  facts: TrialFacts,
  systems: SystemWatches,
): Promise<void> {
  await requireNodes(lab);
  try {
    for (const watch of systems.all) await watch.settle?.(signal);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    await failSteady(facts, systems, error.message);
  }
}

/** Adds to the facts why the state is not steady, and what the nodes say of themselves. @throws NotSteady. */
export async function failSteady(facts: TrialFacts, systems: SystemWatches, why: string): Promise<never> {
  const said = await systems.explain();
  addFailures(facts, `steady state: ${why}`);
  addNotes(facts, ...said);
  throw new NotSteady();
}
