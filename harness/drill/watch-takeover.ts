import { msFromNs } from '../ground/time.ts';
import { sleep } from '../ground/wait.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import { addFailures } from '../journal/trial-words.ts';
import { labNow } from '../lab/now.ts';
import type { RunningProbe } from '../probes/probe.ts';
import { type FaultSequence, isHeldAnew, type Orphan } from './fault-sequence.ts';
import type { SystemWatches } from './system-watches.ts';
import type { TrialContext } from './trial-context.ts';

const POLL_MS = 50;

/** What is waited for after the faults. */
export interface Awaited {
  faults: FaultSequence;
  systems: SystemWatches;
  probes: readonly RunningProbe[];
}

/**
 * Waits until other nodes have what the victims had, until the probes have what can come back, and then for the drill's
 * hold. A deadline that passes here is a finding of the trial, not an error.
 */
export async function watchTakeover(
  context: TrialContext,
  facts: TrialFacts,
  awaited: Awaited,
): Promise<void> {
  const { faults, systems } = awaited;
  await awaitTakeover(context, facts, awaited);
  const passed_ms = msFromNs((await labNow(context.lab)) - faults.last_ns);
  const rest_ms = Math.max(0, systems.may_follow_ms - passed_ms);
  if (rest_ms > 0) context.view?.stage('watching for what may still follow', { takes_ms: rest_ms });
  await sleep(rest_ms, context.signal);
}

async function awaitTakeover(
  { lab, drill, signal, view }: TrialContext,
  facts: TrialFacts,
  { faults, systems, probes }: Awaited,
): Promise<void> {
  const { orphans, departed } = faults;
  const { takeover_ms, recovery_ms, settled_ms } = drill.hold;
  view?.stage('waiting for the takeover', { at_most_ms: takeover_ms });
  if (!(await until(() => areHeldAnew(orphans), takeover_ms, signal))) {
    addFailures(facts, ...(await notTaken(orphans, takeover_ms)));
    return;
  }
  for (const { takeover } of systems.all) {
    const isOver = () => takeover!.isOver(departed, faults.last_ns);
    if (!takeover || (await until(isOver, takeover_ms, signal, takeover.poll_ms))) continue;
    const why = takeover.failure?.(departed);
    if (why !== undefined) addFailures(facts, `${why} within ${takeover_ms / 1000} s`);
    return;
  }
  const since_ns = orphans.length > 0 ? await labNow(lab) : faults.last_ns;
  for (const probe of probes) {
    view?.stage(`waiting for what comes back to probe '${probe.name}'`, { at_most_ms: recovery_ms });
    if (!(await until(() => probe.settled(since_ns), recovery_ms, signal))) return;
  }
  view?.stage('watching the service after the takeover', { takes_ms: settled_ms });
  await sleep(settled_ms, signal);
}

async function areHeldAnew(orphans: readonly Orphan[]): Promise<boolean> {
  for (const orphan of orphans) if (!(await isHeldAnew(orphan))) return false;
  return true;
}

async function notTaken(orphans: readonly Orphan[], takeover_ms: number): Promise<string[]> {
  const sentences: string[] = [];
  for (const orphan of orphans) {
    if (await isHeldAnew(orphan)) continue;
    const { address, what } = orphan.shared;
    sentences.push(
      `nobody took over within ${takeover_ms / 1000} s: no other node held ${address} (${what})`,
    );
  }
  return sentences;
}

/** Whether it came true in time. */
async function until(
  check: () => Promise<boolean>,
  timeout_ms: number,
  signal: AbortSignal | undefined,
  poll_ms = POLL_MS,
): Promise<boolean> {
  const deadline = performance.now() + timeout_ms;
  while (!(await check())) {
    if (performance.now() > deadline) return false;
    await sleep(poll_ms, signal);
  }
  return true;
}
