import { createHash } from 'node:crypto';
import { macNumber, macText } from '../../systems/dhcp/config/expand-ports.ts';
import type { NetworkPort } from './network-ports.ts';
import { ANY_ADDRESS } from './records/dhcp-exchanges.ts';

/** Of the clients that an exchange may take so long for, some more: none is needed twice at once. */
const SPARE_RATIO = 1.1;
/**
 * Servers choose an address by the MAC, and the next one where that is taken: dnsmasq would offer the same one to clients
 * with neighbouring MACs that come within a reply delay, and then refuse one of them.
 */
const MAC_STEP = 37;

/**
 * Clients that take any address of a pool: as many as need to be told apart while each has its time.
 * @param probe their MAC addresses (locally administered) follow from this name.
 * @param rate new clients per second.
 * @param give_up_ms after which one gives up.
 */
export function poolClients(probe: string, rate: number, give_up_ms: number, held: number): NetworkPort[] {
  const count = held + 2 + Math.ceil((SPARE_RATIO * rate * give_up_ms) / 1000);
  const first = macNumber(`02${createHash('sha256').update(probe).digest('hex').slice(0, 6)}0000`);
  return Array.from({ length: count }, (_, at) => ({
    mac: macText(first + MAC_STEP * at),
    address: ANY_ADDRESS,
  }));
}
