import type { LabTime } from '../ground/time.ts';
import { dhcpOf } from './dhcp.ts';
import type { Frame } from './frame.ts';

/** A lease that a server granted or renewed: an ACK with an address. */
export interface DhcpGrant {
  at_ns: LabTime;
  mac: string;
  address: string;
  server: string;
  /** undefined for a lease without an end. */
  lease_s: number | undefined;
}

/** Notes what DHCP servers promise and grant. */
export class DhcpGrants {
  readonly grants: DhcpGrant[] = [];
  readonly #offers = new Map<string, LabTime[]>();

  take(frame: Frame): void {
    const message = dhcpOf(frame);
    if (message?.op !== 'reply' || message.server_id === undefined) return;
    const { at_ns, chaddr: mac, yiaddr: address, server_id: server, lease_s, type } = message;
    if (type === 'offer') {
      const known = this.#offers.get(server);
      if (known) known.push(at_ns);
      else this.#offers.set(server, [at_ns]);
    } else if (type === 'ack' && address !== '0.0.0.0') {
      const ends = lease_s === undefined || !Number.isFinite(lease_s) ? undefined : lease_s;
      this.grants.push({ at_ns, mac, address, server, lease_s: ends });
    }
  }

  /** The first OFFER of a server after a moment, of whatever segment; undefined when there was none. */
  firstOffer(server: string, after_ns: LabTime): LabTime | undefined {
    const [first] = (this.#offers.get(server) ?? [])
      .filter((at_ns) => at_ns > after_ns)
      .toSorted((a, b) => a - b);
    return first;
  }
}
