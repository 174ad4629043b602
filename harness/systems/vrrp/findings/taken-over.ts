import type { LabTime } from '../../../ground/time.ts';
import type { RouterFacts } from '../../../journal/trial-facts.ts';
import type { ProbePort } from '../../../observe/carried-ports.ts';
import type { VrrpTimeline } from '../../../observe/vrrp-timeline.ts';
import { announcementWords } from '../../announcement-words.ts';

/** When a takeover was complete, or why that is not known. */
export interface TakenOver {
  at_ns: LabTime | undefined;
  /** The witness: the first packet that was sent on or answered, or, where no probe asks, the gratuitous ARP. */
  by?: 'packet' | 'garp';
  why?: string;
}

/**
 * When the new master served: its first packet of a probe. Through a router that no probe's packets take there is none;
 * there the address must be on the new master, and its gratuitous ARP, or neighbour advertisement, on the wire: from then on neighbours send to it.
 */
export function takenOver(found: TakingFindings): TakenOver {
  const { router, new_owner, forwarded_ns, ports, address_ns, timeline } = found;
  if (forwarded_ns !== undefined) return { at_ns: forwarded_ns, by: 'packet' };
  if (new_owner === undefined) return { at_ns: undefined, why: `no other member took ${router.vip}` };
  if (ports === undefined || ports.length > 0)
    return { at_ns: undefined, why: `${new_owner} sent no packet of a probe on` };
  const { first_garp_ns } = timeline;
  if (address_ns === undefined || first_garp_ns === undefined) {
    const why = `no probe's packets take it, and no ${announcementWords(router.vip)} of ${new_owner} was seen`;
    return { at_ns: undefined, why };
  }
  return { at_ns: Math.max(address_ns, first_garp_ns), by: 'garp' };
}

/** Of the findings of a router. */
interface TakingFindings {
  router: Pick<RouterFacts, 'vip'>;
  new_owner: string | undefined;
  forwarded_ns: LabTime | undefined;
  ports: readonly ProbePort[] | undefined;
  address_ns: LabTime | undefined;
  timeline: Pick<VrrpTimeline, 'first_garp_ns'>;
}
