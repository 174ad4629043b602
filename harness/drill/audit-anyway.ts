import { type BeforeFault, lookBeforeFault, runAudits } from '../audits/run-audits.ts';
import { HadrillError } from '../ground/errors.ts';
import { sleep } from '../ground/wait.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import { labNow } from '../lab/now.ts';
import { noteAudits } from './note-audits.ts';
import type { SystemWatches } from './system-watches.ts';
import type { TrialContext } from './trial-context.ts';

/**
 * Audits a lab whose trial ended in trouble: what it lost is lost, whether the trial could be measured or not. Does
 * nothing where the lab does not answer any more.
 * @param steady the trial got as far as its steady state: what came back needs its time.
 */
export async function auditAnyway(
  { lab, drill, signal }: TrialContext,
  facts: TrialFacts,
  steady: boolean,
  systems: SystemWatches,
  ran: BeforeFault | undefined,
): Promise<void> {
  try {
    await labNow(lab);
    if (steady) {
      // A node that does not run keeps a system from healing, and the audits from nothing.
      await systems.heal().catch(exceptDefects);
      await sleep(drill.hold.rejoin_ms, signal);
    }
    noteAudits(facts, await runAudits({ lab, before: ran ?? (await lookBeforeFault(lab)), facts }));
  } catch (error) {
    // What keeps the lab from being looked at is the trouble that the facts have already.
    exceptDefects(error);
  }
}

/** @throws what is not a HadrillError. */
function exceptDefects(error: unknown): void {
  if (!(error instanceof HadrillError)) throw error;
}
