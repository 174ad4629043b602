import type { ClusterFacts, ClusterVip } from '../journal/cluster-facts.ts';
import type { AddressEvent, TrialWindows } from '../journal/trial-facts.ts';

/**
 * Which members got or lost an address of their cluster, by the kernel's word: all that is on record, from the beginning
 * of the fault's system call to the end of the trial.
 */
export function vipChanges(
  { address: vip }: ClusterVip,
  { members }: ClusterFacts,
  events: readonly AddressEvent[],
): AddressEvent[] {
  const nodes = new Set(members.map(({ node }) => node));
  return events.filter(({ address, node }) => address === vip && nodes.has(node));
}

/** When a member first got the address, the one before or another, until the mending; undefined when none did. */
export function takingOf(
  vip: ClusterVip,
  facts: ClusterFacts,
  events: readonly AddressEvent[],
  windows: Pick<TrialWindows, 'heal_ns'>,
): AddressEvent | undefined {
  return vipChanges(vip, facts, events).find(
    ({ change, at_ns }) => change === 'added' && at_ns < windows.heal_ns,
  );
}
