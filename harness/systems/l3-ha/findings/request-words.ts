import type { RouterRequestFacts } from './l3-facts.ts';

/**
 * What of a request did not come about although every agent that had to see to it works: one sentence each. They fail the
 * trial. What a unable agent leaves undone is measured (`l3.without_standby`, `l3.left_behind`) and noted.
 */
export function requestFailures(facts: RouterRequestFacts): string[] {
  const { router, kind, trouble, seen, hosts } = facts;
  const what = `router '${router}' was ${kind === 'create' ? 'created' : 'deleted'}`;
  if (trouble !== undefined) return [`${what}, and that did not succeed: ${trouble}`];
  if (!seen || seen.unable.length > 0) return [];
  if (kind === 'delete')
    return seen.left.length === 0
      ? []
      : [`${what}, and before healing it still ran, or had its address, on ${seen.left.join(' and ')}`];
  return hosts.length < 2 || seen.redundant ? [] : [`${what}, and had no standby in place before healing`];
}

/** The same of what unable agents left undone, for a reader. */
export function requestNotes(facts: RouterRequestFacts): string[] {
  const { router, kind, refusal, seen, hosts } = facts;
  if (refusal !== undefined) return [`the scheduler refused a router: ${refusal}`];
  if (!seen || seen.unable.length === 0) return [];
  const why = `the agent of ${seen.unable.join(' and of ')} did not work`;
  if (kind === 'delete')
    return seen.left.length === 0
      ? []
      : [`router '${router}' was deleted and ran on, on ${seen.left.join(' and ')}: ${why}`];
  return hosts.length < 2 || seen.redundant
    ? []
    : [`router '${router}' was created and had no standby: ${why}`];
}
