import type { Moment } from '../../../evidence/moment.ts';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { ConntrackFilling, FaultFacts, TrialWindows } from '../../../journal/trial-facts.ts';
import { announcementEvent, announcementWords } from '../../announcement-words.ts';
import type { RouterFindings } from './virtual-router.ts';

/** A moment of a virtual router: undefined when it was not seen. */
type Seen = [at_ns: LabTime | undefined, event: Moment['event'], detail: string];

/** The kernel takes the addresses of a node that dies with its namespace, when it comes to it. */
const DYING_NS = 1_000_000_000;

/** The steps of a takeover. */
export function routerMoments(found: RouterFindings, { heal_ns }: Pick<TrialWindows, 'heal_ns'>): Moment[] {
  const { router, timeline, new_owner = 'the new master' } = found;
  const old_owner = router.owner ?? 'the old master';
  const of = `virtual router '${router.name}'`;
  // Who goes on advertising had no last advertisement.
  const goes_on = timeline.first_advert_ns === undefined && (timeline.last_advert_ns ?? 0) >= heal_ns;
  const lastWord_ns = goes_on ? undefined : timeline.last_advert_ns;
  const goodbye = timeline.graceful ? ', with priority 0' : '';
  const heard = timeline.unheard ? ` that came to ${new_owner}` : '';
  return seen([
    [lastWord_ns, 'last-advert', `last advertisement of ${old_owner}${heard} for ${of}${goodbye}`],
    [timeline.first_advert_ns, 'first-advert', `first advertisement of ${new_owner} for ${of}`],
    [found.address_ns, 'address', `${router.vip} is on ${new_owner}`],
    [
      timeline.first_garp_ns,
      announcementEvent(router.vip),
      `first ${announcementWords(router.vip)} of ${new_owner}`,
    ],
    [found.forwarded_ns, 'first-forwarded', `${new_owner} sends a client's packet on`],
    [found.answer_ns, 'first-answer', `${new_owner} sends an answer back to a client`],
  ]);
}

/** Every gain and loss of the address besides the takeover itself, through the whole trial. */
export function ownerMoments(
  { router, changes, address_ns, holding, failback }: RouterFindings,
  fault: Pick<FaultFacts, 'stops_forwarding' | 'after_ns'>,
  { heal_ns }: Pick<TrialWindows, 'heal_ns'>,
): Moment[] {
  const taken = changes.find(({ at_ns }) => at_ns === address_ns);
  const dead_ns = fault.stops_forwarding ? fault.after_ns + DYING_NS : -Infinity;
  const moments = changes
    // What a dying node loses is not news.
    .filter((one) => one !== taken && !(one.change === 'removed' && one.at_ns < dead_ns))
    .map(({ at_ns, node, change }): Moment => {
      if (change === 'removed')
        return { at_ns, event: 'address-lost', detail: `${router.vip} is no longer on ${node}` };
      const back = at_ns === failback?.at_ns ? ' again: fail-back' : '';
      return { at_ns, event: 'address', detail: `${router.vip} is on ${node}${back}` };
    });
  const split = holding.shared.map(({ from_ns, to_ns, nodes }): Moment => {
    const when = from_ns < heal_ns ? '' : ' after healing';
    const length = msFromNs(to_ns - from_ns).toFixed(0);
    return {
      at_ns: from_ns,
      event: 'address',
      detail: `two owners${when}: ${nodes.join(' and ')} hold ${router.vip}, for ${length} ms`,
    };
  });
  return [...moments, ...split];
}

/** When the connection table of the new master was filled. */
export function fillingMoments(filling: ConntrackFilling | undefined): Moment[] {
  if (!filling) return [];
  const { node, entries, first_ns, last_ns } = filling;
  return seen([
    [first_ns, 'table-filling', `the first session is put into the connection table of ${node}`],
    [last_ns, 'table-filled', `the last of ${entries} sessions is in the connection table of ${node}`],
  ]);
}

function seen(moments: readonly Seen[]): Moment[] {
  return moments.flatMap(([at_ns, event, detail]) => (at_ns === undefined ? [] : [{ at_ns, event, detail }]));
}
