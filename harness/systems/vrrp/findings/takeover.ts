import type { Wire } from '../../../evidence/wire.ts';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { ConntrackFilling, TrialFacts, TrialWindows } from '../../../journal/trial-facts.ts';
import type { Outage } from '../../../outage/request-outages.ts';
import { salLevel } from '../../../outage/yardsticks.ts';
import { type Phases, phasesOf } from './phases.ts';
import type { RouterFindings } from './virtual-router.ts';
import { fillingOf } from './window-traffic.ts';

/** Where the time of a takeover went, beside the outage that clients had of it. */
export interface Takeover {
  router: RouterFindings;
  /** Undefined when the new master answered no client. */
  phases: Phases | undefined;
  /** What of the outage the phases do not explain, in ms: negative when they are longer than it. */
  remainder_ms: number | undefined;
  /** When the new master's connection table was filled; undefined where it was not, or not all of it was noted. */
  filling: ConntrackFilling | undefined;
  /** What of the filling is not known: for people. */
  unclear: string[];
  /** Connections that were reset after the address was up and before the table was filled. */
  window_resets: number | undefined;
  /** Packets of probes that reached it in that time, and that it did not send on. */
  window_dropped: number | undefined;
}

/**
 * The takeover of the router that took longest, of those that a probe asks through.
 * @param outage the longest one that a UDP probe had between fault and healing.
 * @param droppedBy how many packets a new master did not send on before its table was filled.
 */
export function takeoverOf(
  routers: readonly RouterFindings[],
  facts: Pick<TrialFacts, 'fault' | 'conntrack_fillings'>,
  wire: Wire,
  outage: Outage | undefined,
  droppedBy?: (node: string) => number | undefined,
): Takeover | undefined {
  const moved = routers.filter(({ new_owner }) => new_owner !== undefined);
  const asked = moved.filter(({ ports }) => ports?.length !== 0);
  const router = slowestRouter(asked.length > 0 ? asked : moved);
  if (!router) return undefined;
  const { phases, remainder_ms } = explain(router, facts, outage);
  const found = fillingOf(router.new_owner, facts.conntrack_fillings, router.windows);
  const filling = found?.complete ? found : undefined;
  return {
    router,
    phases,
    remainder_ms,
    filling,
    unclear: found && !found.complete ? [incomplete(found)] : [],
    window_resets:
      filling && wire.tcp.resetConnections(router.address_ns!, Math.max(router.address_ns!, filling.last_ns)),
    window_dropped: filling && droppedBy?.(filling.node),
  };
}

/** Of several virtual routers the one that took longest speaks for all; undefined when there is none. */
export function slowestRouter(routers: readonly RouterFindings[]): RouterFindings | undefined {
  return routers.toSorted((a, b) => endOf(b) - endOf(a))[0];
}

function endOf({ answer_ns, forwarded_ns, address_ns }: RouterFindings): LabTime {
  return answer_ns ?? forwarded_ns ?? address_ns ?? 0;
}

function explain(
  router: RouterFindings,
  { fault }: Pick<TrialFacts, 'fault'>,
  outage: Outage | undefined,
): Pick<Takeover, 'phases' | 'remainder_ms'> {
  if (router.answer_ns === undefined) return { phases: undefined, remainder_ms: undefined };
  // Where the victims go on forwarding, what comes before the outage is nobody's loss.
  const broken_ns = fault?.stops_forwarding
    ? router.windows.fault_ns
    : (outage?.start_ns ?? router.answer_ns);
  const phases = phasesOf({
    broken_ns,
    silence_ns: router.silence_ns,
    first_advert_ns: router.timeline.first_advert_ns,
    address_ns: router.address_ns,
    first_garp_ns: router.timeline.first_garp_ns,
    first_forwarded_ns: router.forwarded_ns,
    first_answer_ns: router.answer_ns,
  });
  const sum_ms = Object.values(phases).reduce((sum: number, phase_ms: number) => sum + phase_ms, 0);
  return { phases, remainder_ms: (outage?.outage_ms ?? 0) - sum_ms };
}

function incomplete({ node, entries }: ConntrackFilling): string {
  return (
    `the connection table of ${node} was filled faster than could be noted: ` +
    `at least ${entries} sessions, and it is not known when (no conntrack.* metrics)`
  );
}

/** `phase.*`, `conntrack.*` and `etsi.*` metrics. */
export function takeoverMetrics(takeover: Takeover, windows: TrialWindows): Record<string, number> {
  const { phases, remainder_ms, filling, window_resets, window_dropped, router } = takeover;
  const metrics: Record<string, number> = {};
  for (const [name, value] of Object.entries(phases ?? {})) metrics[`phase.${name}`] = value;
  if (remainder_ms !== undefined) metrics['phase.remainder_ms'] = remainder_ms;
  const { first_advert_ns } = router.timeline;
  const detection_ms =
    first_advert_ns === undefined ? undefined : msFromNs(first_advert_ns - windows.fault_ns);
  if (router.answer_ns !== undefined) {
    const recovery_ms = msFromNs(router.answer_ns - windows.fault_ns);
    metrics['etsi.availability_level'] = salLevel({ detection_ms, recovery_ms }).level;
  }
  if (filling && router.address_ns !== undefined) {
    metrics['vip.commit_window_ms'] = Math.max(0, msFromNs(filling.last_ns - router.address_ns));
    metrics['conntrack.committed'] = filling.entries;
    metrics['vip.commit_window_resets'] = window_resets ?? 0;
    if (window_dropped !== undefined) metrics['vip.commit_window_dropped'] = window_dropped;
  }
  return metrics;
}
