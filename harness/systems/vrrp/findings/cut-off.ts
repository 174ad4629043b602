import { msFromNs } from '../../../ground/time.ts';
import type { FaultFacts, MemberWire, RouterFacts } from '../../../journal/trial-facts.ts';
import type { CutWire } from '../../system-analysis.ts';
import { type MemberInstance, memberInstances } from './router-instances.ts';
import { longestMasterDownMs } from './vrrp-bounds.ts';

/** The wires of a router's owner by which nothing gets on with a fault of what they lead to. */
export interface CutOff {
  owner: string;
  /** The wire that its adverts go by, where it is one of them. */
  adverts: CutWire | undefined;
  /** Another one: whoever asks through the owner by it gets no answer. */
  service: CutWire | undefined;
  /** For how long the others wait for its adverts at most, in ms; undefined where that is not known. */
  most_wait_ms: number | undefined;
}

/** What a fault that takes no member cuts its owner off from; undefined where it does not, or that is not known. */
export function cutOffOf(router: RouterFacts, cut: readonly CutWire[]): CutOff | undefined {
  const { owner } = router;
  const wires = cut.filter(({ node }) => node === owner);
  if (owner === undefined || wires.length === 0) return undefined;
  const instances = memberInstances(router);
  const instance = instances.find(({ node }) => node === owner)?.instance;
  // A router with one wire does everything by it.
  const only = router.members.find(({ node }) => node === owner)?.wires?.length === 1;
  const adverts = wires.find((wire) => wire.interface === instance?.interface);
  const service = wires.find((wire) => only || wire.interface !== instance?.interface);
  return { owner, adverts, service, most_wait_ms: mostWaitMs(owner, instances) };
}

function mostWaitMs(owner: string, instances: readonly MemberInstance[]): number | undefined {
  const master = instances.find(({ node }) => node === owner)?.instance;
  const others = instances.filter(({ node }) => node !== owner);
  const waits = others.flatMap(({ instance }) =>
    instance && master ? [longestMasterDownMs(instance, master.advert_int_ms)] : [],
  );
  return waits.length > 0 && waits.length === others.length ? Math.max(...waits) : undefined;
}

/** The wires of a router's owner, where a fault cuts all of them and its daemons go on: to the others it is gone. */
export function isolatedBy(fault: FaultFacts, { owner, members }: RouterFacts): CutWire[] {
  const { cuts = [], loss, departure, before_ns, after_ns, mended } = fault;
  const wires = members.find(({ node }) => node === owner)?.wires ?? [];
  const isCut = ({ interface: own, through = own }: MemberWire) =>
    cuts.some((cut) => cut.node === owner && cut.interface === through);
  // A carrier that is lost behind a switch in the node is not seen by its daemons.
  const seen = loss && !(loss.kind === 'interface' && wires.every(({ through }) => through === loss.name));
  if (owner === undefined || seen || departure || !wires.every(isCut)) return [];
  const gap = mended
    ? {
        low: Math.max(0, msFromNs(mended.from_ns - after_ns)),
        high: msFromNs(mended.until_ns - before_ns),
        from: `every wire of '${owner}' is cut until it is healed`,
      }
    : `every wire of '${owner}' is cut until healing`;
  return wires.map((wire) => ({ node: owner, interface: wire.interface, gap }));
}

/**
 * A fault as it is for a router whose owner it cuts off: to the others the owner is gone without a word, though it goes on
 * and holds the address. Where it may be back before they have noticed, they need not take over.
 * @param taken another member took the address.
 * @param isolated it cuts the owner's own wires, all of them.
 */
export function asItHits(
  fault: FaultFacts,
  cut: CutOff | undefined,
  taken: boolean,
  isolated = false,
): FaultFacts {
  const { victims = [] } = fault;
  if (!cut || fault.departure || (victims.includes(cut.owner) && !isolated)) return fault;
  const hit: FaultFacts = { ...fault, victims: [...new Set([...victims, cut.owner])] };
  const { adverts, service, most_wait_ms = Infinity } = cut;
  if (!adverts) return hit;
  const lasts = typeof adverts.gap === 'string' || adverts.gap.low > most_wait_ms;
  return taken || lasts ? { ...hit, departure: 'abrupt', stops_forwarding: service !== undefined } : hit;
}
