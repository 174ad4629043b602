import { holdingOf, sharedMs } from '../../../evidence/address-holding.ts';
import type { Moment } from '../../../evidence/moment.ts';
import type { LabTime } from '../../../ground/time.ts';
import type { ClusterFacts, ClusterVip } from '../../../journal/cluster-facts.ts';
import type { AddressEvent, TrialWindows } from '../../../journal/trial-facts.ts';
import type { AddressAnswers } from '../../../observe/address-answers.ts';
import type { AddressAnnouncement } from '../../../observe/garps.ts';
import { announcementEvent, announcementWords } from '../../announcement-words.ts';
import { firstAnswer, macsOf } from '../../shared-address.ts';
import { ownerAt, sharedAddress, vipChanges, vipTaking } from './cluster-vip-changes.ts';

/** What became of an address of a cluster after a fault. What was not seen is undefined. */
export interface VipFindings {
  vip: ClusterVip;
  new_owner: string | undefined;
  address_ns: LabTime | undefined;
  garp_ns: LabTime | undefined;
  answer_ns: LabTime | undefined;
  owners_max: number;
  /** For how long two members or more held it at once before healing, in ms. */
  two_owners_ms: number;
}

/**
 * What the kernel's address changes and the captures say about an address of a cluster.
 * @param since_ns what happened to it before is not the fault's.
 */
export function vipFindings(
  vip: ClusterVip,
  facts: ClusterFacts,
  {
    garps,
    answers,
    address_events,
  }: {
    garps: readonly AddressAnnouncement[];
    answers: AddressAnswers;
    address_events: readonly AddressEvent[];
  },
  windows: Pick<TrialWindows, 'heal_ns' | 'end_ns'>,
  since_ns: LabTime = -Infinity,
): VipFindings {
  const taken = vipTaking(vip, facts, address_events, windows, since_ns);
  const shared = sharedAddress(vip, facts);
  const holding = holdingOf(
    ownerAt(vip, facts, address_events, since_ns),
    vipChanges(vip, facts, address_events, since_ns),
    windows.end_ns,
  );
  const macs = macsOf(shared, taken?.node);
  const garp = garps.find(
    ({ sender_ip, sender_mac, at_ns }) =>
      sender_ip === vip.address && macs.includes(sender_mac) && taken !== undefined && at_ns >= taken.at_ns,
  );
  return {
    vip,
    new_owner: taken?.node,
    address_ns: taken?.at_ns,
    garp_ns: garp?.at_ns,
    answer_ns: firstAnswer(shared, taken?.node, answers),
    owners_max: holding.owners_max,
    two_owners_ms: sharedMs(holding.shared, -Infinity, windows.heal_ns),
  };
}

/** For the timeline. */
export function vipMoments({ vip, new_owner, address_ns, garp_ns, answer_ns }: VipFindings): Moment[] {
  const moments: [LabTime | undefined, Moment['event'], string][] = [
    [address_ns, 'address', `${vip.address} is on ${new_owner}`],
    [
      garp_ns,
      announcementEvent(vip.address),
      `first ${announcementWords(vip.address)} of ${new_owner} for ${vip.address}`,
    ],
    [answer_ns, 'first-answer', `${new_owner} answers at ${vip.address}`],
  ];
  return moments.flatMap(([at_ns, event, detail]) => (at_ns === undefined ? [] : [{ at_ns, event, detail }]));
}
