import type { LabTime } from '../ground/time.ts';
import type { TrialFacts, TrialWindows } from '../journal/trial-facts.ts';
import { AddressAnswers } from '../observe/address-answers.ts';
import { takingOf } from '../systems/pacemaker/findings/cluster-vip-changes.ts';
import { routerChanges, routerTaking } from '../systems/vrrp/findings/router-taking.ts';

/**
 * Who will have answered at the addresses of clusters and virtual routers once they were taken: a cluster's member may
 * take its own again.
 * @param since_ns what was taken before does not count.
 */
export function addressAnswers(
  {
    clusters = [],
    routers = [],
    address_events,
  }: Pick<TrialFacts, 'clusters' | 'address_events'> & Partial<Pick<TrialFacts, 'routers'>>,
  windows: Pick<TrialWindows, 'heal_ns'>,
  since_ns = -Infinity,
): AddressAnswers {
  const taken = clusters.flatMap((facts) =>
    facts.vips.flatMap((vip): [string, LabTime][] => {
      const taking = takingOf(vip, facts, address_events, windows, since_ns);
      return taking ? [[vip.address, taking.at_ns]] : [];
    }),
  );
  const routed = routers.flatMap((router): [string, LabTime][] => {
    const taking = routerTaking(router, routerChanges(router, address_events, since_ns), windows);
    return taking && !router.vip.includes(':') ? [[router.vip, taking.at_ns]] : [];
  });
  return new AddressAnswers(new Map([...routed, ...taken]));
}
