import type { LabTime } from '../ground/time.ts';
import type { DhcpMessage } from './dhcp.ts';

/** The states of RFC 2131 §4.4 (figure 5) that can be told apart by what a client sends and is sent. */
export type DhcpClientState =
  | 'SELECTING'
  | 'REQUESTING'
  | 'BOUND'
  | 'RENEWING'
  | 'REBINDING'
  | 'REBOOTING'
  | 'INIT';

export interface DhcpStateChange {
  at_ns: LabTime;
  state: DhcpClientState;
  /** The address in question; undefined in SELECTING and INIT. */
  address: string | undefined;
  /** The server that is asked, or has answered; undefined when any may answer. */
  server: string | undefined;
}

/** A DHCPREQUEST, by the state it is sent in (RFC 2131 §4.3.2, table 4). */
export interface DhcpRequest {
  at_ns: LabTime;
  state: 'REQUESTING' | 'RENEWING' | 'REBINDING' | 'REBOOTING';
  xid: number;
  address: string;
  answer: DhcpAnswer | undefined;
}

export interface DhcpAnswer {
  at_ns: LabTime;
  type: 'ack' | 'nak';
  server: string | undefined;
  address: string;
  /** Of an ACK: lease, T1 and T2 in s, as far as the server sent them. */
  lease_s: number | undefined;
  renewal_s: number | undefined;
  rebinding_s: number | undefined;
}

const NOWHERE = '0.0.0.0';
const ANYWHERE = '255.255.255.255';

/** Follows one client through the messages on the wire. */
export class DhcpClientStates {
  readonly mac: string;
  readonly changes: DhcpStateChange[] = [];
  readonly requests: DhcpRequest[] = [];
  /** When it asked for any server. */
  readonly discovers: LabTime[] = [];

  constructor(mac: string) {
    this.mac = mac.toLowerCase();
  }

  /** Messages of and to other clients are ignored; they must come in order of time. */
  take(message: DhcpMessage): void {
    if (message.chaddr !== this.mac) return;
    if (message.type === 'discover') {
      this.discovers.push(message.at_ns);
      this.#enter({ at_ns: message.at_ns, state: 'SELECTING', address: undefined, server: undefined });
    } else if (message.type === 'request') this.#takeRequest(message);
    else if (message.type === 'ack' || message.type === 'nak') this.#takeAnswer(message, message.type);
    else if (message.type === 'release' || message.type === 'decline')
      this.#enter({ at_ns: message.at_ns, state: 'INIT', address: undefined, server: undefined });
  }

  #takeRequest(message: DhcpMessage): void {
    const request = { ...requestOf(message), at_ns: message.at_ns, xid: message.xid, answer: undefined };
    this.requests.push(request);
    const server = request.state === 'RENEWING' ? message.destination_ip : message.server_id;
    this.#enter({ at_ns: message.at_ns, state: request.state, address: request.address, server });
  }

  /** Of several answers the first counts, as for the client. */
  #takeAnswer(message: DhcpMessage, type: DhcpAnswer['type']): void {
    const request = this.requests.findLast(({ xid }) => xid === message.xid);
    if (!request || request.answer) return;
    const { at_ns, server_id: server, yiaddr: address, lease_s, renewal_s, rebinding_s } = message;
    request.answer = { at_ns, type, server, address, lease_s, renewal_s, rebinding_s };
    this.#enter(
      type === 'ack'
        ? { at_ns, state: 'BOUND', address, server }
        : { at_ns, state: 'INIT', address: undefined, server },
    );
  }

  /** Asking again is not a change. */
  #enter(change: DhcpStateChange): void {
    const last = this.changes.at(-1);
    const same =
      last?.state === change.state && last.server === change.server && last.address === change.address;
    if (!same) this.changes.push(change);
  }
}

function requestOf(message: DhcpMessage): Pick<DhcpRequest, 'state' | 'address'> {
  const { ciaddr, requested_ip, server_id, destination_ip } = message;
  if (server_id !== undefined) return { state: 'REQUESTING', address: requested_ip ?? ciaddr };
  if (ciaddr === NOWHERE) return { state: 'REBOOTING', address: requested_ip ?? ciaddr };
  return { state: destination_ip === ANYWHERE ? 'REBINDING' : 'RENEWING', address: ciaddr };
}
