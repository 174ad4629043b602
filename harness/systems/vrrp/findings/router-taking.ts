import type { AddressEvent, RouterFacts, TrialWindows } from '../../../journal/trial-facts.ts';
import { addressChanges, type SharedAddress, takingOf } from '../../shared-address.ts';

type Router = Pick<RouterFacts, 'vip' | 'members' | 'owner'>;

/** Its address, as one that its members share. */
export function sharedAddress({ vip, members }: Router): SharedAddress {
  return { address: vip, members };
}

/** When another member than its owner got the address, until healing began; undefined when none did. */
export function routerTaking(
  router: Router,
  events: readonly AddressEvent[],
  windows: Pick<TrialWindows, 'heal_ns'>,
  since_ns?: number,
): AddressEvent | undefined {
  return takingOf(addressChanges(sharedAddress(router), events, since_ns), windows, router.owner);
}
