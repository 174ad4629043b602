import type { LabTime } from '../ground/time.ts';
import { arpOf } from './arp.ts';
import { macText, uint16, uint32 } from './bytes.ts';
import { type ProbePort, portWord } from './carried-ports.ts';
import { ETHERTYPE, type Frame, sourceMac } from './frame.ts';
import { ipTransportOf } from './ip.ts';
import { PROTOCOL } from './ipv4.ts';

/** An ARP message whose sender says that an address is its own (RFC 826). */
export interface AddressClaim {
  at_ns: LabTime;
  address: string;
  mac: string;
  /** `answer`: it was asked; `announcement`: it was not. */
  kind: 'answer' | 'announcement';
  /** Where it was seen: one that crosses several segments is seen on each. */
  segment: string;
}

/** A stretch of time in which one interface sent a probe's packets to one and the same router. */
export interface RouterUse {
  from_ns: LabTime;
  to_ns: LabTime;
  /** Of the sender, such as a client. */
  source: string;
  /** Of the interface that it took for its router's. */
  router: string;
  segment: string;
}

/** Notes, frame by frame, who claims addresses by ARP, and which router interface the probes' packets are sent to. */
export class RouterUses {
  readonly #addresses: ReadonlySet<string>;
  /** By the MAC as a number: which router it is of. */
  readonly #routers: ReadonlyMap<number, string>;
  readonly #ports: ReadonlySet<string>;
  readonly #claims: AddressClaim[] = [];
  readonly #uses: RouterUse[] = [];
  /** The last stretch of each sender on each segment with each router. */
  readonly #last = new Map<string, RouterUse & { number: number }>();

  /** @param routers with their addresses, and the MACs of all who may be each of them. */
  constructor(
    routers: readonly { name: string; address: string; macs: readonly string[] }[],
    ports: readonly ProbePort[],
  ) {
    this.#addresses = new Set(routers.map(({ address }) => address));
    this.#routers = new Map(
      routers.flatMap(({ name, macs }) => macs.map((mac) => [numberOf(mac), name] as const)),
    );
    this.#ports = new Set(ports.map(portWord));
  }

  take(frame: Frame, segment: string): void {
    if (frame.ethertype === ETHERTYPE.arp) this.#takeArp(frame, segment);
    else this.#takePacket(frame, segment);
  }

  /** In order of time. */
  claims(): AddressClaim[] {
    return this.#claims.toSorted((a, b) => a.at_ns - b.at_ns);
  }

  /** In order of their beginnings. */
  uses(): RouterUse[] {
    return this.#uses.toSorted((a, b) => a.from_ns - b.from_ns);
  }

  #takeArp(frame: Frame, segment: string): void {
    const arp = arpOf(frame);
    if (!arp || !this.#addresses.has(arp.sender_ip)) return;
    const kind = arp.gratuitous ? 'announcement' : 'answer';
    if (kind === 'answer' && arp.operation !== 'reply') return;
    this.#claims.push({ at_ns: arp.at_ns, address: arp.sender_ip, mac: arp.sender_mac, kind, segment });
  }

  #takePacket(frame: Frame, segment: string): void {
    const { bytes, destination_mac_start: to, source_mac_start: from } = frame;
    if (to === undefined) return;
    const number = numberAt(bytes, to);
    const name = this.#routers.get(number);
    if (name === undefined || this.#routers.has(numberAt(bytes, from)) || !this.#isProbe(frame)) return;
    const key = `${segment} ${numberAt(bytes, from)} ${name}`;
    const last = this.#last.get(key);
    if (last?.number === number) {
      last.to_ns = frame.at_ns;
      return;
    }
    const [source, router] = [sourceMac(frame), macText(bytes, to)];
    const use = { from_ns: frame.at_ns, to_ns: frame.at_ns, source, router, segment, number };
    this.#last.set(key, use);
    this.#uses.push(use);
  }

  #isProbe(frame: Frame): boolean {
    for (const protocol of ['udp', 'tcp'] as const) {
      const packet = ipTransportOf(frame, PROTOCOL[protocol], 4);
      if (!packet) continue;
      const at = packet.payload_start;
      return [at, at + 2].some((port_at) =>
        this.#ports.has(portWord({ protocol, port: uint16(frame.bytes, port_at) })),
      );
    }
    return false;
  }
}

function numberAt(bytes: Uint8Array, at: number): number {
  return uint16(bytes, at) * 2 ** 32 + uint32(bytes, at + 2);
}

function numberOf(mac: string): number {
  return Number.parseInt(mac.replaceAll(':', ''), 16);
}
