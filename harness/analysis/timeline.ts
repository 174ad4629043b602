import type { Moment as ProbeMoment } from '../evidence/moment.ts';
import { type LabTime, msFromNs } from '../ground/time.ts';
import type { LossDirection, TimelineEvent } from '../journal/journal.ts';
import type { FaultFacts, TrialFacts, TrialWindows } from '../journal/trial-facts.ts';
import { directionWords } from '../outage/loss-direction.ts';
import type { Takeover } from '../systems/vrrp/findings/takeover.ts';
import type { RouterFindings } from '../systems/vrrp/findings/virtual-router.ts';
import type { ProbeResult } from './probe-results.ts';

type Moment = [at_ns: LabTime | undefined, event: TimelineEvent['event'], detail: string];

/** What happened in a trial, in order of time. */
export function timelineOf(
  facts: TrialFacts,
  windows: TrialWindows,
  routers: readonly (readonly RouterFindings[])[],
  takeover: Takeover | undefined,
  probes: readonly ProbeResult[],
  others: readonly ProbeMoment[] = [],
): TimelineEvent[] {
  const faults = [...(facts.fault ? [facts.fault] : []), ...(facts.later_faults ?? [])];
  const moments: Moment[] = [
    [windows.fault_ns, 'fault', facts.fault?.label ?? 'fault applied'],
    ...(facts.later_faults ?? []).map(({ after_ns, label }): Moment => [after_ns, 'fault', label]),
    ...faults.flatMap(mendedMoments),
    ...routers.flatMap((found, at) =>
      found.flatMap((one) => [
        ...routerMoments(one, windows),
        // Who got and lost an address is followed through the whole trial, once.
        ...(at === 0 ? ownerMoments(one, faults[0], windows) : []),
      ]),
    ),
    ...fillingMoments(takeover),
    ...probes.flatMap(probeMoments),
    ...others.map(({ at_ns, event, detail }): Moment => [at_ns, event, detail]),
    ...(faults.length > 0 && faults.every(({ mended }) => mended) ? [] : endMoments(windows)),
  ];
  return moments
    .flatMap(([at_ns, event, detail]) =>
      at_ns === undefined ? [] : [{ at_ms: msFromNs(at_ns - windows.fault_ns), event, detail }],
    )
    .sort((a, b) => a.at_ms - b.at_ms);
}

/** Of what was mended before the others. */
function mendedMoments({ label, mended }: FaultFacts): Moment[] {
  return [
    [mended?.from_ns, 'heal', `mending began: ${label}`],
    [mended?.until_ns, 'node-back', `mended: ${label}`],
  ];
}

function endMoments({ heal_ns, healed_ns }: TrialWindows): Moment[] {
  return [
    [heal_ns, 'heal', 'mending began'],
    [healed_ns, 'node-back', 'mended'],
  ];
}

function routerMoments(found: RouterFindings, { heal_ns }: TrialWindows): Moment[] {
  const { router, timeline, new_owner = 'the new master' } = found;
  const old_owner = router.owner ?? 'the old master';
  const of = `virtual router '${router.name}'`;
  // Who goes on advertising had no last advertisement.
  const goes_on = timeline.first_advert_ns === undefined && (timeline.last_advert_ns ?? 0) >= heal_ns;
  const lastWord_ns = goes_on ? undefined : timeline.last_advert_ns;
  const goodbye = timeline.graceful ? ', with priority 0' : '';
  return [
    [lastWord_ns, 'last-advert', `last advertisement of ${old_owner} for ${of}${goodbye}`],
    [timeline.first_advert_ns, 'first-advert', `first advertisement of ${new_owner} for ${of}`],
    [found.address_ns, 'address', `${router.vip} is on ${new_owner}`],
    [timeline.first_garp_ns, 'first-garp', `first gratuitous ARP of ${new_owner}`],
    [found.forwarded_ns, 'first-forwarded', `${new_owner} sends a client's packet on`],
    [found.answer_ns, 'first-answer', `${new_owner} sends an answer back to a client`],
  ];
}

/** Every gain and loss of the address behind the takeover itself, and the adverts of who comes back. */
function ownerMoments(
  { router, changes, address_ns, holding, failback_ns }: RouterFindings,
  fault: FaultFacts | undefined,
  { heal_ns }: TrialWindows,
): Moment[] {
  const taken = changes.find(({ at_ns }) => at_ns === address_ns);
  const dead_ns = fault?.stops_forwarding ? fault.after_ns + DYING_NS : -Infinity;
  const moments = changes
    // What a dying node loses is no news.
    .filter((one) => one !== taken && !(one.change === 'removed' && one.at_ns < dead_ns))
    .map(({ at_ns, node, change }): Moment => {
      if (change === 'removed') return [at_ns, 'address-lost', `${router.vip} is no longer on ${node}`];
      const back = at_ns === failback_ns ? ' again: fail-back' : '';
      return [at_ns, 'address', `${router.vip} is on ${node}${back}`];
    });
  const split = holding.shared.map(({ from_ns, to_ns, nodes }): Moment => {
    const when = from_ns < heal_ns ? '' : ' after mending';
    const length = msFromNs(to_ns - from_ns).toFixed(0);
    return [
      from_ns,
      'address',
      `two owners${when}: ${nodes.join(' and ')} hold ${router.vip}, for ${length} ms`,
    ];
  });
  return [...moments, ...split];
}

/** The kernel takes the addresses of a node that dies with its namespace, when it comes to it. */
const DYING_NS = 1_000_000_000;

function fillingMoments(takeover: Takeover | undefined): Moment[] {
  const filling = takeover?.filling;
  if (!filling) return [];
  const { node, entries } = filling;
  return [
    [filling.first_ns, 'table-filling', `the first session is put into the connection table of ${node}`],
    [
      filling.last_ns,
      'table-filled',
      `the last of ${entries} sessions is in the connection table of ${node}`,
    ],
  ];
}

function probeMoments({ probe: { name }, findings }: ProbeResult): Moment[] {
  const { outages, partial_loss = [], resumed_ns } = findings;
  return [
    ...outages.flatMap((outage): Moment[] => [
      [outage.start_ns, 'outage', `${name}: no service${way(outage.direction)}`],
      [outage.open ? undefined : outage.end_ns, 'outage-end', `${name}: service again`],
    ]),
    ...partial_loss.flatMap(({ start_ns, end_ns, open, loss_ratio, direction }): Moment[] => [
      [start_ns, 'degraded', `${name}: ${(100 * loss_ratio).toFixed(0)} % are lost${way(direction)}`],
      [open ? undefined : end_ns, 'degraded-end', `${name}: no longer`],
    ]),
    [resumed_ns, 'sessions-resumed', `${name}: the last session goes on`],
  ];
}

function way(direction: LossDirection | undefined): string {
  return direction ? `: ${directionWords(direction)}` : '';
}
