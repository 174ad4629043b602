import { msFromNs } from '../ground/time.ts';
import { sleep } from '../ground/wait.ts';
import type { TrialFacts } from '../journal/trial-facts.ts';
import { labNow } from '../lab/now.ts';
import type { RunningProbe } from '../probes/probe.ts';
import type { ClusterWatch } from '../systems/pacemaker/live/cluster-watch.ts';
import { routerTimers } from '../systems/vrrp/live/router-timers.ts';
import { haveNewOwners, type Orphan, type RouterBefore } from '../systems/vrrp/live/router-watch.ts';
import type { FaultSequence } from './fault-sequence.ts';
import type { TrialContext } from './trial-context.ts';
import { addFailures } from './trial-words.ts';

const POLL_MS = 50;
/** What is asked by a program of the node's own costs the machine more than a look of the agent's. */
const CLUSTER_POLL_MS = 300;

/** What is waited for after the faults. */
export interface Awaited {
  faults: FaultSequence;
  before: readonly RouterBefore[];
  clusters: readonly ClusterWatch[];
  probes: readonly RunningProbe[];
}

/**
 * Waits until another node owns what the victims owned, until the probes have what can come back, and then
 * for the drill's hold. A deadline that passes here is a finding of the trial, not an error.
 */
export async function watchTakeover(
  context: TrialContext,
  facts: TrialFacts,
  awaited: Awaited,
): Promise<void> {
  await awaitTakeover(context, facts, awaited);
  // Who hears nothing of the master takes itself for one only now.
  const passed_ms = msFromNs((await labNow(context.lab)) - awaited.faults.last_ns);
  await sleep(Math.max(0, secondOwnerMs(awaited.before) - passed_ms), context.signal);
}

/** The longest time in which a second owner can appear after the last fault, in ms. */
export function secondOwnerMs(before: readonly RouterBefore[]): number {
  return Math.max(0, ...before.map(({ facts }) => routerTimers(facts).second_owner_ms));
}

async function awaitTakeover(
  context: TrialContext,
  facts: TrialFacts,
  { faults, clusters, probes }: Awaited,
): Promise<void> {
  const { lab, drill, signal } = context;
  const { orphans } = faults;
  const { takeover_ms, recovery_ms, settled_ms } = drill.hold;
  if (!(await until(() => haveNewOwners(lab, orphans), takeover_ms, signal))) {
    await failTakeover(context, facts, orphans);
    return;
  }
  for (const cluster of clusters) {
    const left = () => cluster.hasLeft(faults.departed);
    if (!(await until(left, takeover_ms, signal, CLUSTER_POLL_MS))) return;
  }
  const since_ns = orphans.length > 0 ? await labNow(lab) : faults.last_ns;
  for (const probe of probes) {
    if (!(await until(() => probe.settled(since_ns), recovery_ms, signal))) return;
  }
  await sleep(settled_ms, signal);
}

async function failTakeover(
  { lab, drill }: TrialContext,
  facts: TrialFacts,
  orphans: readonly Orphan[],
): Promise<void> {
  for (const orphan of orphans) {
    if (await haveNewOwners(lab, [orphan])) continue;
    const { vip, name } = orphan.router;
    addFailures(
      facts,
      `nobody took over within ${drill.hold.takeover_ms / 1000} s: no other node held ${vip} (virtual router '${name}')`,
    );
  }
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
