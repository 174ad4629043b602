import type { LabTime } from '../../../ground/time.ts';
import type { EcmpFacts } from './ecmp-facts.ts';

type Router = EcmpFacts['routers'][number];

/** What a router's route to an address was, from a moment on. */
export interface RouteState {
  /** undefined: since before the first fault. */
  at_ns: LabTime | undefined;
  next_hops: readonly string[];
}

/**
 * The routes to each address that a router had from before the first fault on, each in order of time.
 * @param heal_ns when the healing of the trial began.
 * @returns none where that is not known: the kernel was not heard, or what was heard is not what it had when healing began.
 */
export function routeHistories(
  { before, during, changes }: Router,
  heal_ns: LabTime,
): Map<string, RouteState[]> {
  if (!before || !during || !changes) return new Map();
  const histories = before.map(({ destination, next_hops }): [string, RouteState[]] => {
    const own = changes.filter((one) => one.destination === destination);
    return [destination, [{ at_ns: undefined, next_hops }, ...own].filter(isNews)];
  });
  const isHeard = histories.every(([destination, history]) => {
    const seen = during.find((one) => one.destination === destination)?.next_hops ?? [];
    return seen.join(' ') === stateAt(history, heal_ns).join(' ');
  });
  return new Map(isHeard ? histories : []);
}

/** A route that is told again as it was is no change. */
function isNews({ next_hops }: RouteState, at: number, all: readonly RouteState[]): boolean {
  return at === 0 || next_hops.join(' ') !== all[at - 1]!.next_hops.join(' ');
}

function stateAt(history: readonly RouteState[], at_ns: LabTime): readonly string[] {
  return history.findLast((one) => (one.at_ns ?? -Infinity) <= at_ns)?.next_hops ?? [];
}

/**
 * When no route of any router had one of these next hops any more, for good until healing.
 * @param until_ns when the fault was healed.
 * @param heal_ns when the healing of the trial began.
 * @returns the reason where there is no such moment.
 */
export function withdrawnAt(
  routers: readonly Router[],
  gone: ReadonlySet<string>,
  { fault_ns, until_ns, heal_ns }: { fault_ns: LabTime; until_ns: LabTime; heal_ns: LabTime },
): LabTime | string {
  const has = ({ next_hops }: Pick<RouteState, 'next_hops'>) => next_hops.some((hop) => gone.has(hop));
  let last_ns = -Infinity;
  for (const router of routers.filter(({ announcers }) =>
    announcers.some(({ address }) => gone.has(address)),
  )) {
    const histories = routeHistories(router, heal_ns);
    if (histories.size === 0)
      return `the kernel of '${router.node}' was not heard, or it had no route before`;
    for (const [destination, history] of histories) {
      const span = history.filter(({ at_ns }) => (at_ns ?? -Infinity) <= until_ns);
      if (has(span.at(-1)!)) return `'${router.node}' kept its route to ${destination} until healing`;
      const left = span.findLast((_, at) => at > 0 && has(span[at - 1]!));
      if (left && left.at_ns! >= fault_ns) last_ns = Math.max(last_ns, left.at_ns!);
    }
  }
  return last_ns === -Infinity ? 'no router had a route to what the fault took' : last_ns;
}

/** The fewest next hops that a route of before the fault had when healing was about to begin; undefined where that is not known. */
export function fewestNextHops(routers: readonly Router[]): number | undefined {
  if (routers.some(({ before, during }) => !before || !during)) return undefined;
  const counts = routers.flatMap(({ before, during }) =>
    before!.map(
      ({ destination }) => during!.find((one) => one.destination === destination)?.next_hops.length ?? 0,
    ),
  );
  return counts.length === 0 ? undefined : Math.min(...counts);
}
