import type { FrameWatch } from '../../../evidence/frame-watch.ts';
import type { LabTime } from '../../../ground/time.ts';
import { macText, uint16, uint32 } from '../../../observe/bytes.ts';
import type { Frame } from '../../../observe/frame.ts';
import type { SwitchFacts } from './l2-facts.ts';

/** Frames of one network that came to a machine of another. */
export interface Leak {
  /** Whose frames, in words: `vm1 (VLAN 10)`. */
  of: string;
  /** Whose wire they came by. */
  to: string;
  frames: number;
  first_ns: LabTime;
}

/** What a machine's wire carried from one source address. */
interface Sight {
  frames: number;
  first_ns: LabTime;
}

/** The wire of a port in a network. */
interface AccessWire {
  machine: string;
  vlan: number;
  sights: Map<number, Sight>;
}

/** Addresses that several nodes send from (RFC 9568 §7.3): whose a frame is, they do not say. */
const VIRTUAL_ROUTERS = [0x00005e0001, 0x00005e0002];
const BYTE = 256;
/** With a controller all ports are in one: ovs-testcontroller knows no VLANs. */
const ONE_NETWORK = 0;

/**
 * Notes which source addresses the wires of machines carry. A frame is of the machine that has its source address; of an
 * address that none has, of the wire on which it was first seen.
 */
export class NetworkFrames implements FrameWatch {
  readonly #wires = new Map<string, AccessWire>();
  readonly #owners = new Map<number, AccessWire>();

  constructor(switches: readonly SwitchFacts[]) {
    for (const { node, settings, wires } of switches)
      for (const { interface: name, vlan } of settings.ports) {
        const wire = wires.find((one) => one.interface === name);
        if (!wire) continue;
        const machine = wire.peers.map((peer) => peer.node).join(' and ') || `${node}:${name}`;
        const access: AccessWire = {
          machine,
          vlan: settings.controller ? ONE_NETWORK : vlan,
          sights: new Map(),
        };
        this.#wires.set(wire.segment, access);
        for (const { mac } of wire.peers) this.#owners.set(macNumber(mac), access);
      }
  }

  /** The networks that there are. */
  get vlans(): Set<number> {
    return new Set([...this.#wires.values()].map(({ vlan }) => vlan));
  }

  /** On the wires of machines. */
  get frames(): number {
    const sights = [...this.#wires.values()].flatMap((wire) => [...wire.sights.values()]);
    return sights.reduce((sum, one) => sum + one.frames, 0);
  }

  take(frame: Frame, segment: string): void {
    const wire = this.#wires.get(segment);
    if (!wire) return;
    const { bytes, source_mac_start: at, at_ns } = frame;
    const mac = uint16(bytes, at) * 2 ** 32 + uint32(bytes, at + 2);
    const sight = wire.sights.get(mac);
    if (!sight) wire.sights.set(mac, { frames: 1, first_ns: at_ns });
    else {
      sight.frames += 1;
      sight.first_ns = Math.min(sight.first_ns, at_ns);
    }
  }

  /** In order of time. */
  leaks(): Leak[] {
    const found = new Map<string, Leak>();
    for (const wire of this.#wires.values())
      for (const [mac, { frames, first_ns }] of wire.sights) {
        const origin = this.#originOf(mac);
        if (!origin || origin.vlan === wire.vlan || VIRTUAL_ROUTERS.includes(Math.floor(mac / BYTE)))
          continue;
        const key = `${origin.machine} ${origin.vlan} ${wire.machine}`;
        const leak = found.get(key);
        found.set(key, {
          of: `${origin.machine} (VLAN ${origin.vlan})`,
          to: `${wire.machine} (VLAN ${wire.vlan})`,
          frames: frames + (leak?.frames ?? 0),
          first_ns: Math.min(first_ns, leak?.first_ns ?? first_ns),
        });
      }
    return [...found.values()].toSorted((a, b) => a.first_ns - b.first_ns);
  }

  #originOf(mac: number): AccessWire | undefined {
    const owner = this.#owners.get(mac);
    if (owner) return owner;
    const seen = [...this.#wires.values()].filter(({ sights }) => sights.has(mac));
    return seen.toSorted((a, b) => a.sights.get(mac)!.first_ns - b.sights.get(mac)!.first_ns)[0];
  }
}

function macNumber(mac: string): number {
  return Number.parseInt(mac.replaceAll(':', ''), 16);
}

/** For people and keys alike. */
export function sourceOf({ bytes, source_mac_start }: Frame): string {
  return macText(bytes, source_mac_start);
}
