import { type LabTime, msFromNs, NS_PER_MS } from '../ground/time.ts';
import type { AddressEvent } from '../journal/trial-facts.ts';

/**
 * Two nodes that hold an address at once for less than this hand it over: the new master has it before the old one has
 * heard its first advert and given it up. It is reported, and does not count as a split brain.
 */
export const HANDOVER_MS = 50;

/** A stretch of time in which the same two or more nodes held an address. */
export interface SharedHolding {
  from_ns: LabTime;
  to_ns: LabTime;
  nodes: string[];
}

/** Who held an address, and when more than one node did. */
export interface Holding {
  /** Most that held it at once, handovers left out. */
  owners_max: number;
  /** Stretches with two owners or more, in order of time; neighbours with other nodes are apart. */
  shared: SharedHolding[];
  /** Of these, what was a handover only. */
  handovers: SharedHolding[];
}

/**
 * Follows an address over its changes.
 * @param owner who held it before them.
 * @param changes of this address alone, in order of time.
 * @param end_ns when the watch ended.
 */
export function holdingOf(
  owner: string | undefined,
  changes: readonly AddressEvent[],
  end_ns: LabTime,
): Holding {
  const holding = new Set(owner === undefined ? [] : [owner]);
  let most = holding.size;
  let since: { at_ns: LabTime; nodes: string[] } | undefined;
  const stretches: SharedHolding[] = [];
  const close = (to_ns: LabTime) => {
    if (since) stretches.push({ from_ns: since.at_ns, to_ns, nodes: since.nodes });
    since = undefined;
  };
  for (const { at_ns, node, change } of changes) {
    if (change === 'added') holding.add(node);
    else holding.delete(node);
    close(at_ns);
    if (holding.size > 1) since = { at_ns, nodes: [...holding].sort() };
    else most = Math.max(most, holding.size);
  }
  close(end_ns);
  const handovers = joined(stretches).filter(
    (whole) => whole.to_ns - whole.from_ns < HANDOVER_MS * NS_PER_MS,
  );
  const brief = (one: SharedHolding) =>
    handovers.some(({ from_ns, to_ns }) => one.from_ns >= from_ns && one.to_ns <= to_ns);
  const shared = stretches.filter((one) => !brief(one));
  return { owners_max: Math.max(most, ...shared.map(({ nodes }) => nodes.length)), shared, handovers };
}

/** How many nodes held an address right before a moment. @param owner, changes as of `holdingOf`. */
export function holdersAt(
  owner: string | undefined,
  changes: readonly AddressEvent[],
  at_ns: LabTime,
): number {
  const holding = new Set(owner === undefined ? [] : [owner]);
  for (const { node, change } of changes.filter((one) => one.at_ns < at_ns)) {
    if (change === 'added') holding.add(node);
    else holding.delete(node);
  }
  return holding.size;
}

/** For how long of a window two nodes or more held it, in ms. */
export function sharedMs(shared: readonly SharedHolding[], from_ns: LabTime, to_ns: LabTime): number {
  return shared.reduce(
    (sum, one) => sum + Math.max(0, msFromNs(Math.min(one.to_ns, to_ns) - Math.max(one.from_ns, from_ns))),
    0,
  );
}

/** Stretches that follow each other without a break, as one. */
function joined(stretches: readonly SharedHolding[]): SharedHolding[] {
  const whole: SharedHolding[] = [];
  for (const one of stretches) {
    const last = whole.at(-1);
    if (last && last.to_ns === one.from_ns) {
      last.to_ns = one.to_ns;
      last.nodes = [...new Set([...last.nodes, ...one.nodes])].sort();
    } else whole.push({ ...one });
  }
  return whole;
}
