import type { AddressEvent, RouterFacts, TrialWindows } from '../../../journal/trial-facts.ts';

/** Every change of who of a virtual router's members holds its address, from a moment on, in order of time. */
export function routerChanges(
  { vip, members }: Pick<RouterFacts, 'vip' | 'members'>,
  events: readonly AddressEvent[],
  since_ns = -Infinity,
): AddressEvent[] {
  const nodes = new Set(members.map(({ node }) => node));
  return events.filter(({ address, node, at_ns }) => address === vip && nodes.has(node) && at_ns >= since_ns);
}

/** When another member than its owner got the address, until mending began; undefined when none did. */
export function routerTaking(
  router: Pick<RouterFacts, 'vip' | 'members' | 'owner'>,
  events: readonly AddressEvent[],
  { heal_ns }: Pick<TrialWindows, 'heal_ns'>,
): AddressEvent | undefined {
  return routerChanges(router, events).find(
    ({ change, node, at_ns }) => change === 'added' && node !== router.owner && at_ns < heal_ns,
  );
}
