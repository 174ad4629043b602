import { uint16, uint32 } from './bytes.ts';
import type { Frame } from './frame.ts';
import { ipTransportOf } from './ip.ts';
import { PROTOCOL } from './ipv4.ts';

/** Where a probe's packets go. */
export interface ProbePort {
  protocol: 'udp' | 'tcp';
  port: number;
}

/** Both ports, at the start of a UDP and of a TCP header alike. */
const PORTS = 4;
const PROTOCOLS = [PROTOCOL.udp, PROTOCOL.tcp];

/** Notes, frame by frame, of which probes an interface sent packets, either way: so they go through it, or it serves them. */
export class CarriedPorts {
  readonly #asked: ReadonlyMap<number, ProbePort>;
  /** By the MAC as a number. */
  readonly #found = new Map<number, Record<4 | 6, Set<number>>>();

  /** @param macs of the interfaces; one that is not written as `02:00:00:00:00:01` matches nothing. */
  constructor(ports: readonly ProbePort[], macs: readonly string[]) {
    this.#asked = new Map(ports.map((one) => [keyOf(PROTOCOL[one.protocol], one.port), one]));
    for (const mac of macs) this.#found.set(numberOf(mac), { 4: new Set(), 6: new Set() });
  }

  take(frame: Frame): void {
    const { bytes, source_mac_start: at } = frame;
    const found = this.#found.get(uint16(bytes, at) * 2 ** 32 + uint32(bytes, at + 2));
    if (!found) return;
    for (const protocol of PROTOCOLS) {
      const packet = ipTransportOf(frame, protocol, PORTS);
      if (packet) this.#note(found[packet.version], protocol, bytes, packet.payload_start);
    }
  }

  #note(found: Set<number>, protocol: number, bytes: Uint8Array, at: number): void {
    if (found.size === this.#asked.size) return;
    for (const port_at of [at, at + 2]) {
      const key = keyOf(protocol, uint16(bytes, port_at));
      if (this.#asked.has(key)) found.add(key);
    }
  }

  /** Of all of these interfaces together, by packets of that family. */
  of(macs: readonly string[], family: 4 | 6 = 4): ProbePort[] {
    const keys = new Set(macs.flatMap((mac) => [...(this.#found.get(numberOf(mac))?.[family] ?? [])]));
    return [...this.#asked].flatMap(([key, port]) => (keys.has(key) ? [port] : []));
  }
}

/** One word for a port, to compare by. */
export function portWord({ protocol, port }: ProbePort): string {
  return `${protocol}/${port}`;
}

function keyOf(protocol: number, port: number): number {
  return protocol * 2 ** 16 + port;
}

function numberOf(mac: string): number {
  return Number.parseInt(mac.replaceAll(':', ''), 16);
}
