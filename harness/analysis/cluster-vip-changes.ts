import type { ClusterFacts, ClusterVip } from '../journal/cluster-facts.ts';
import type { AddressEvent, TrialWindows } from '../journal/trial-facts.ts';

/** Which members got or lost an address of their cluster, by the kernel's word, from the fault to the end of the trial. */
export function vipChanges(
  { address: vip }: ClusterVip,
  { members }: ClusterFacts,
  events: readonly AddressEvent[],
  { fault_ns }: TrialWindows,
): AddressEvent[] {
  const nodes = new Set(members.map(({ node }) => node));
  return events.filter(({ address, node, at_ns }) => address === vip && nodes.has(node) && at_ns >= fault_ns);
}

/** When a member first got the address, the one before or another, until the mending; undefined when none did. */
export function takingOf(
  vip: ClusterVip,
  facts: ClusterFacts,
  events: readonly AddressEvent[],
  windows: TrialWindows,
): AddressEvent | undefined {
  return vipChanges(vip, facts, events, windows).find(
    ({ change, at_ns }) => change === 'added' && at_ns < windows.heal_ns,
  );
}
