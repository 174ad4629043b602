import { type BeforeFault, lookBeforeFault, runAudits } from '../audits/run-audits.ts';
import { DeadlineError, HadrillError } from '../ground/errors.ts';
import { sleep } from '../ground/wait.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import { labNow } from '../lab/now.ts';
import type { ClusterWatch } from '../systems/pacemaker/live/cluster-watch.ts';
import { proveOneOwner } from './steady-state.ts';
import type { TrialContext } from './trial-context.ts';

/** Two owners, or none, or a failed resource, for good is a finding: the audits tell it. */
export async function mend(
  { lab, signal }: Pick<TrialContext, 'lab' | 'signal'>,
  clusters: readonly ClusterWatch[],
): Promise<void> {
  const waits = [...clusters.map((cluster) => () => cluster.mend(signal)), () => proveOneOwner(lab, signal)];
  for (const wait of waits) {
    await wait().catch((error: unknown) => {
      if (!(error instanceof DeadlineError)) throw error;
    });
  }
}

/**
 * Audits a lab whose trial ended in trouble: what it lost is lost, whether the trial could be measured or not. Does
 * nothing where the lab does not answer any more.
 * @param steady the trial got as far as its steady state: what came back needs its time.
 */
export async function auditAnyway(
  context: TrialContext,
  facts: TrialFacts,
  steady: boolean,
  clusters: readonly ClusterWatch[],
  ran: BeforeFault | undefined,
): Promise<void> {
  const { lab, drill, signal } = context;
  try {
    await labNow(lab);
    if (steady) {
      await mend(context, clusters);
      await sleep(drill.hold.rejoin_ms, signal);
    }
    facts.audits = await runAudits({ lab, before: ran ?? (await lookBeforeFault(lab)) });
  } catch (error) {
    // What keeps the lab from being looked at is the trouble that the facts tell already.
    if (!(error instanceof HadrillError)) throw error;
  }
}
