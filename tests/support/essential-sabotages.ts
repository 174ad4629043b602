/** Those that every change is tested with; the rest runs at night. */
export const ESSENTIAL: readonly string[] = [
  'a router that comes back deaf for advertisements: a second owner, late',
  'a balancer that comes back without HAProxy',
];
