import type { LabTime } from '../../../ground/time.ts';
import type { ClusterFacts, ClusterVip } from '../../../journal/cluster-facts.ts';
import type { AddressEvent, TrialWindows } from '../../../journal/trial-facts.ts';

/**
 * Which members got or lost an address of their cluster, by the kernel's word: all that is on record, from the beginning
 * of the first fault's system call to the end of the trial, or from a later moment on.
 */
export function vipChanges(
  { address: vip }: ClusterVip,
  { members }: ClusterFacts,
  events: readonly AddressEvent[],
  since_ns = -Infinity,
): AddressEvent[] {
  const nodes = new Set(members.map(({ node }) => node));
  return events.filter(({ address, node, at_ns }) => address === vip && nodes.has(node) && at_ns >= since_ns);
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

/** When a member first got the address from a moment on, the one before or another, until the mending; undefined when none did. */
export function takingOf(
  vip: ClusterVip,
  facts: ClusterFacts,
  events: readonly AddressEvent[],
  windows: Pick<TrialWindows, 'heal_ns'>,
  since_ns = -Infinity,
): AddressEvent | undefined {
  return vipChanges(vip, facts, events, since_ns).find(
    ({ change, at_ns }) => change === 'added' && at_ns < windows.heal_ns,
  );
}
