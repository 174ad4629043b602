import type { LabTime } from '../../../ground/time.ts';
import type { ClusterFacts, ClusterVip } from '../../../journal/cluster-facts.ts';
import type { AddressEvent, TrialWindows } from '../../../journal/trial-facts.ts';
import { addressChanges, type SharedAddress, takingOf } from '../../shared-address.ts';

/** An address of a cluster, as one that its members share. */
export function sharedAddress({ address }: ClusterVip, { members }: ClusterFacts): SharedAddress {
  return { address, members };
}

/** Which members got or lost it, from a moment on. */
export function vipChanges(
  vip: ClusterVip,
  facts: ClusterFacts,
  events: readonly AddressEvent[],
  since_ns = -Infinity,
): AddressEvent[] {
  return addressChanges(sharedAddress(vip, facts), events, since_ns);
}

/** The members that hold an address right before a moment, the one that got it last at the end. */
export function holdersAt(
  vip: ClusterVip,
  facts: ClusterFacts,
  events: readonly AddressEvent[],
  at_ns: LabTime,
): string[] {
  const holders = new Set(vip.owner === undefined ? [] : [vip.owner]);
  for (const { change, node } of vipChanges(vip, facts, events).filter((one) => one.at_ns < at_ns)) {
    holders.delete(node);
    if (change === 'added') holders.add(node);
  }
  return [...holders];
}

/** Of these the last. */
export function ownerAt(
  vip: ClusterVip,
  facts: ClusterFacts,
  events: readonly AddressEvent[],
  at_ns: LabTime,
): string | undefined {
  return holdersAt(vip, facts, events, at_ns).at(-1);
}

/** When a member first got the address from a moment on, the one before or another, until the healing; undefined when none did. */
export function vipTaking(
  vip: ClusterVip,
  facts: ClusterFacts,
  events: readonly AddressEvent[],
  windows: Pick<TrialWindows, 'heal_ns'>,
  since_ns = -Infinity,
): AddressEvent | undefined {
  return takingOf(vipChanges(vip, facts, events, since_ns), windows);
}
