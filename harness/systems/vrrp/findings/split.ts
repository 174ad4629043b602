import { z } from 'zod';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { RouterFacts, RouterMember, TrialWindows } from '../../../journal/trial-facts.ts';
import type { RouterUse, RouterUses } from '../../../observe/router-use.ts';
import type { VrrpAdvert } from '../../../observe/vrrp.ts';
import type { RouterFindings } from './virtual-router.ts';

const span = { from_ms: z.number(), to_ms: z.number() };

/** What is known of a virtual router that had two owners at once; times in ms after the fault. */
export const splitShape = z.object({
  /** When which nodes held the address together. */
  shared: z.array(z.object({ ...span, nodes: z.array(z.string()) })),
  /** Who said by ARP that the address was its own meanwhile. */
  claims: z.array(
    z.object({
      node: z.string(),
      mac: z.string(),
      kind: z.enum(['answer', 'announcement']),
      first_ms: z.number(),
      last_ms: z.number(),
      count: z.int(),
    }),
  ),
  /** Which owner the probes' packets went to, by sender. */
  uses: z.array(z.object({ ...span, source: z.string(), segment: z.string(), node: z.string() })),
  /** Who gave the address up in the end, and the last advertisement of another owner before. */
  ended: z
    .object({
      node: z.string(),
      at_ms: z.number(),
      heard: z
        .object({ node: z.string(), at_ms: z.number(), priority: z.int(), source: z.string() })
        .exactOptional(),
    })
    .exactOptional(),
  /** For how long after that packets still went to the one that had given it up. */
  stale_ms: z.number().exactOptional(),
});
export type Split = z.infer<typeof splitShape>;

/** Packets may be under way when the address goes. */
const UNDER_WAY_MS = 1;

/**
 * What the kernel and the wire say of two owners of a router: when, who answered for the address, where the probes' packets
 * went, and how it ended. undefined where there was one owner at most; a handover is none.
 */
export function splitOf(
  { router, holding, changes }: Pick<RouterFindings, 'router' | 'holding' | 'changes'>,
  { adverts, uses }: { adverts: readonly VrrpAdvert[]; uses: RouterUses },
  { fault_ns, end_ns }: Pick<TrialWindows, 'fault_ns' | 'end_ns'>,
): Split | undefined {
  const [first] = holding.shared;
  const last = holding.shared.at(-1);
  if (!first || !last) return undefined;
  const ms = (at_ns: LabTime) => msFromNs(at_ns - fault_ns);
  const over_ns = last.to_ns;
  const loser = changes.find(({ at_ns, change }) => at_ns === over_ns && change === 'removed')?.node;
  const nodes = new Map(router.members.flatMap(({ node, macs }) => macs.map((mac) => [mac, node] as const)));
  const own = uses.uses().filter((use) => nodes.has(use.router) && use.to_ns >= first.from_ns);
  return {
    shared: holding.shared.map(({ from_ns, to_ns, nodes: holders }) => ({
      ...{ from_ms: ms(from_ns), to_ms: ms(to_ns), nodes: holders },
    })),
    claims: claimsOf(uses, router, first.from_ns, over_ns, ms),
    uses: own
      .filter(({ from_ns }) => from_ns <= over_ns)
      .map(({ from_ns, to_ns, source, segment, router: mac }) => ({
        ...{ from_ms: ms(from_ns), to_ms: ms(to_ns), source, segment, node: nodes.get(mac)! },
      })),
    ...(loser === undefined
      ? {}
      : {
          ended: { node: loser, at_ms: ms(over_ns), ...heardOf(adverts, router.members, loser, over_ns, ms) },
          stale_ms: staleMs(own, nodes, loser, over_ns, end_ns),
        }),
  };
}

/** When two nodes held a router's address at once, by the kernel's word: one sentence for each time. */
export function splitNotes(
  { router, holding }: Pick<RouterFindings, 'router' | 'holding'>,
  { fault_ns, end_ns }: Pick<TrialWindows, 'fault_ns' | 'end_ns'>,
): string[] {
  const seconds = (at_ns: LabTime) => `${(msFromNs(at_ns - fault_ns) / 1000).toFixed(2)} s`;
  return holding.shared.map(({ from_ns, to_ns, nodes }) => {
    const until = to_ns >= end_ns ? 'the end of the trial' : `${seconds(to_ns)} after the fault`;
    return `${nodes.join(' and ')} both held ${router.vip} (virtual router '${router.name}') from ${seconds(from_ns)} after the fault to ${until}`;
  });
}

function claimsOf(
  uses: RouterUses,
  { vip, members }: Pick<RouterFacts, 'vip' | 'members'>,
  from_ns: LabTime,
  to_ns: LabTime,
  ms: (at_ns: LabTime) => number,
): Split['claims'] {
  const meanwhile = uses
    .claims()
    .filter(({ address, at_ns }) => address === vip && at_ns >= from_ns && at_ns <= to_ns)
    .filter(({ mac, segment }) => {
      const member = members.find(({ macs }) => macs.includes(mac));
      return !member || isAtWire(member, segment);
    });
  const groups = Map.groupBy(meanwhile, ({ mac, kind }) => `${mac} ${kind}`);
  return [...groups.values()].map((seen) => {
    const { mac, kind, at_ns, segment: nearest } = seen[0]!;
    // Of somebody else, whose wire is not known, the segment that has the first.
    const all = seen.filter(({ segment }) => segment === nearest);
    const node = members.find(({ macs }) => macs.includes(mac))?.node ?? 'none of its members';
    return { node, mac, kind, first_ms: ms(at_ns), last_ms: ms(all.at(-1)!.at_ns), count: all.length };
  });
}

/** Behind a switch a frame crosses several segments: whether this one is at a wire of the member itself. */
function isAtWire({ wires }: RouterMember, segment: string | undefined): boolean {
  return wires === undefined || segment === undefined || wires.some((wire) => wire.segment === segment);
}

/** An owner gives up when it hears one of another with a higher priority, or the same and a higher address (RFC 5798 §6.4.3). */
function heardOf(
  adverts: readonly VrrpAdvert[],
  members: readonly RouterMember[],
  loser: string,
  over_ns: LabTime,
  ms: (at_ns: LabTime) => number,
): Pick<NonNullable<Split['ended']>, 'heard'> {
  const own = members.find(({ node }) => node === loser);
  const heard = adverts.findLast(
    ({ at_ns, priority, source, segment }) =>
      at_ns <= over_ns && priority > 0 && !own?.macs.includes(source.mac) && (!own || isAtWire(own, segment)),
  );
  if (!heard) return {};
  const node = members.find(({ macs }) => macs.includes(heard.source.mac))?.node ?? heard.source.ip;
  return { heard: { node, at_ms: ms(heard.at_ns), priority: heard.priority, source: heard.source.ip } };
}

/** Zero where nobody sent to it any more. */
function staleMs(
  uses: readonly RouterUse[],
  nodes: ReadonlyMap<string, string>,
  loser: string,
  over_ns: LabTime,
  end_ns: LabTime,
): number {
  const late = uses.flatMap(({ router, to_ns }) =>
    nodes.get(router) === loser ? [msFromNs(Math.min(to_ns, end_ns) - over_ns)] : [],
  );
  const most = Math.max(0, ...late);
  return most <= UNDER_WAY_MS ? 0 : most;
}
