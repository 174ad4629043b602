import { DeadlineError } from '../ground/errors.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import type { Lab } from '../lab/lab.ts';
import { hearMasters } from '../systems/vrrp/live/hear-masters.ts';
import { settleRouters } from '../systems/vrrp/live/router-settle.ts';
import { lookAtRouter } from '../systems/vrrp/live/router-watch.ts';
import type { VirtualRouter } from '../systems/vrrp/live/virtual-routers.ts';
import { proveOneOwner } from './steady-state.ts';
import type { TrialContext } from './trial-context.ts';
import { addFailures, addNotes } from './trial-words.ts';

/** The trial ended before its fault, and its facts say why it fails. */
export class NotSteady extends Error {}

/**
 * Every virtual router has one owner, and its members have had their time to take it for gone. Two masters for good, or
 * none, are a finding: the trial fails with what each says on the wire.
 * @throws NotSteady after the finding was added to the facts.
 */
export async function proveSteady(
  { lab, signal }: Pick<TrialContext, 'lab' | 'signal'>,
  facts: TrialFacts,
): Promise<void> {
  const factsOf = async (router: VirtualRouter) => (await lookAtRouter(lab, router)).facts;
  try {
    await proveOneOwner(lab, signal);
    await settleRouters(lab, factsOf, signal);
    await proveOneOwner(lab, signal);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    await failSteady(lab, facts, error.message);
  }
}

/** Adds to the facts why the state is not steady, and who says on the wire to be a master. @throws NotSteady. */
export async function failSteady(lab: Lab, facts: TrialFacts, why: string): Promise<never> {
  const said = await hearMasters(lab);
  addFailures(facts, `steady state: ${why}`);
  addNotes(facts, ...said);
  throw new NotSteady();
}
