import type { Moment } from '../../../evidence/moment.ts';
import type { TrialWindows } from '../../../journal/trial-facts.ts';
import type { RouterAdvertisement } from '../../../observe/router-advertisement.ts';
import { familyOf } from '../../../topology/addresses.ts';
import type { RouterFindings } from './virtual-router.ts';

/**
 * What hosts were told of their router after a fault: by whom first with its new master, and who said that it is none any
 * more (a lifetime of 0, RFC 4861 §6.2.5), which takes the default route away though the address moves.
 */
export function routerAdvertMoments(
  { router, new_owner }: Pick<RouterFindings, 'router' | 'new_owner'>,
  adverts: readonly RouterAdvertisement[],
  { fault_ns, heal_ns }: Pick<TrialWindows, 'fault_ns' | 'heal_ns'>,
): Moment[] {
  if (familyOf(router.vip) !== 6) return [];
  const senderOf = ({ source_mac }: RouterAdvertisement) =>
    router.members.find(({ macs }) => macs.includes(source_mac))?.node;
  const since = adverts.filter(({ at_ns }) => at_ns >= fault_ns && at_ns < heal_ns);
  const first = since.find(
    (one) => one.lifetime_s > 0 && new_owner !== undefined && senderOf(one) === new_owner,
  );
  const moments = since.flatMap((one): Moment[] => {
    const node = senderOf(one);
    if (node === undefined || one.lifetime_s > 0) return [];
    const detail = `${node} (${one.source_ip}) tells hosts that it is no default router: lifetime 0`;
    return [{ at_ns: one.at_ns, event: 'router-advert', detail }];
  });
  if (!first) return moments;
  const detail = `first router advertisement of ${new_owner}, from ${first.source_ip}`;
  return [{ at_ns: first.at_ns, event: 'router-advert', detail }, ...moments];
}
