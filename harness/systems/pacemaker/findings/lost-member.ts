import type { ClusterCause, ClusterEvent, Span } from './cluster-events.ts';
import type { Fencing } from './fencing-rounds.ts';

/**
 * Of members that lost each other, each counts the other one as lost, and which says so first is chance. The cluster
 * went on without the one that was turned off first; where none was, without the one that held an address and beside
 * which resources were started.
 * @param events of the fault, in order of time.
 * @param owners the members that held addresses when the fault was applied.
 * @returns the cause with the first alert about that member; what was given where no other one is known.
 */
export function lostMember(
  cause: ClusterCause | undefined,
  events: readonly ClusterEvent[],
  { fencings, starts }: { fencings: readonly Fencing[]; starts: Span | undefined },
  owners: readonly (string | undefined)[],
): ClusterCause | undefined {
  if (cause?.kind !== 'node-lost') return cause;
  const lost = events.filter(({ kind, desc }) => kind === 'node' && desc === 'lost');
  const fenced = fencings
    .flatMap(({ target, off_ns, done_ns }) => {
      const at_ns = off_ns ?? done_ns;
      return at_ns === undefined ? [] : [{ target, at_ns }];
    })
    .toSorted((a, b) => a.at_ns - b.at_ns)[0]?.target;
  const left = starts?.events[0]?.node;
  const event =
    lost.find(({ node }) => node === fenced) ??
    (left === undefined ? undefined : lost.find(({ node }) => owners.includes(node) && node !== left)) ??
    cause.event;
  return { kind: 'node-lost', event };
}
