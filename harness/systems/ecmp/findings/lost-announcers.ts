import type { Bound } from '../../../journal/journal.ts';
import type { Cause } from '../../system-analysis.ts';
import type { Announcer, EcmpRouter } from './ecmp-facts.ts';
import { type Taken, type Withdrawal, withdrawalOf } from './withdrawal-bound.ts';

export const WITHDRAWN = 'ecmp.withdrawn_ms';

/** An announcer that a fault makes its router leave. */
export interface Lost extends Withdrawal {
  announcer: Announcer;
}

interface Routers {
  routers: readonly EcmpRouter[];
}

/** What a fault takes of those that announce. */
export function lostWith({ routers }: Routers, taken: Taken): Lost[] {
  return routers.flatMap(({ announcers }) =>
    announcers.flatMap((announcer) => {
      const found = withdrawalOf(announcer, taken);
      return found ? [{ announcer, ...found }] : [];
    }),
  );
}

/** Requests that are sent to a node that does not serve fail; those that are sent to others are served. */
export function causesOf(
  { routers }: Routers,
  lost: readonly Lost[],
  addresses: ReadonlySet<string>,
  several: boolean,
): Cause[] {
  const deaf = lost.filter(({ serves }) => !serves);
  if (deaf.length === 0 || addresses.size === 0) return [];
  const reaches = { kind: 'addresses', addresses } as const;
  const left = routers.flatMap(({ announcers }) => announcers).length - lost.length;
  if (left === 0) return [{ reaches, missing: 'no other node announces the address' }];
  const bound = several ? 'of several faults each may disturb requests' : slowest(deaf);
  if (typeof bound === 'string') return [{ reaches, disturbs: true, missing: bound }];
  // Which requests go there is the hash's choice: the last that does may be sent before the node is missed.
  return [{ reaches, disturbs: true, bound: { ...bound, low: 0 } }];
}

/** For how long the router may have a route to what was lost, or why that is not known; nothing where nothing was. */
export function withdrawalBounds(lost: readonly Lost[]): {
  bounds?: Record<string, Bound>;
  missing_bounds?: Record<string, string>;
} {
  if (lost.length === 0) return {};
  const bound = slowest(lost);
  return typeof bound === 'string'
    ? { missing_bounds: { [WITHDRAWN]: bound } }
    : { bounds: { [WITHDRAWN]: bound } };
}

function slowest(lost: readonly Lost[]): Bound | string {
  const bounds = lost.map(({ within }) => within);
  const unknown = bounds.find((within) => typeof within === 'string');
  if (typeof unknown === 'string') return unknown;
  return (bounds as Bound[]).toSorted((a, b) => b.high - a.high)[0]!;
}
