import type { LabTime } from '../../../ground/time.ts';
import type { ConntrackFilling, TrialFacts, TrialWindows } from '../../../journal/trial-facts.ts';
import { uint16, uint32 } from '../../../observe/bytes.ts';
import { type ProbePort, portWord } from '../../../observe/carried-ports.ts';
import type { Frame } from '../../../observe/frame.ts';
import { ipTransportOf } from '../../../observe/ip.ts';
import { PROTOCOL } from '../../../observe/ipv4.ts';
import { TCP_FLAG, TCP_HEADER } from '../../../observe/tcp.ts';
import type { RouterStretch } from './router-stretch.ts';
import { routerTaking } from './router-taking.ts';

/** The time in which a new master has the address, and not yet the sessions. */
export interface CommitWindow {
  node: string;
  macs: readonly string[];
  /** The segments at its wires; undefined in records of before. */
  segments?: ReadonlySet<string>;
  from_ns: LabTime;
  to_ns: LabTime;
}

/** The filling of a new master's table that belongs to its taking over: the first after the fault. */
export function fillingOf(
  node: string | undefined,
  fillings: readonly ConntrackFilling[],
  { fault_ns, heal_ns }: Pick<TrialWindows, 'fault_ns' | 'heal_ns'>,
): ConntrackFilling | undefined {
  return fillings.find((one) => one.node === node && one.last_ns >= fault_ns && one.first_ns < heal_ns);
}

/** Of each router whose address was taken by a node whose table was filled, with all of it noted. */
export function commitWindows(
  stretches: readonly Pick<RouterStretch, 'router' | 'windows'>[],
  { address_events, conntrack_fillings }: Pick<TrialFacts, 'address_events' | 'conntrack_fillings'>,
): CommitWindow[] {
  return stretches.flatMap(({ router, windows }) => {
    const taken = routerTaking(router, address_events, windows);
    const filling = taken && fillingOf(taken.node, conntrack_fillings, windows);
    const { macs, wires } = router.members.find(({ node }) => node === taken?.node) ?? {};
    if (!taken || !filling?.complete || !macs) return [];
    const segments = wires && { segments: new Set(wires.map(({ segment }) => segment)) };
    return [{ node: taken.node, macs, ...segments, from_ns: taken.at_ns, to_ns: filling.last_ns }];
  });
}

/** Both ports, at the start of a UDP header. */
const PORTS = 4;

/** Counts the probes' packets that reach a new master in that time, and those that it sends on. */
export class WindowTraffic {
  readonly #windows: readonly CommitWindow[];
  readonly #ports: ReadonlySet<string>;
  readonly #nodes = new Map<number, string>();
  /** By node: what came less what was sent on. */
  readonly #kept = new Map<string, number>();

  /** A MAC that is not written as `02:00:00:00:00:01` matches nothing. */
  constructor(windows: readonly CommitWindow[], ports: readonly ProbePort[]) {
    this.#windows = windows;
    this.#ports = new Set(ports.map(portWord));
    for (const { node, macs } of windows) {
      this.#kept.set(node, 0);
      for (const mac of macs) this.#nodes.set(Number.parseInt(mac.replaceAll(':', ''), 16), node);
    }
  }

  /** Behind a switch a packet is seen on several segments: that at the node's own wire counts. */
  take(frame: Frame, segment?: string): void {
    const { at_ns, bytes, source_mac_start, destination_mac_start } = frame;
    if (!this.#windows.some(({ from_ns, to_ns }) => at_ns >= from_ns && at_ns <= to_ns)) return;
    if (destination_mac_start === undefined || !this.#isOfProbe(frame)) return;
    this.#count(bytes, destination_mac_start, { at_ns, segment }, 1);
    this.#count(bytes, source_mac_start, { at_ns, segment }, -1);
  }

  /** How many came and were not sent on; undefined where the node had no such time. */
  dropped(node: string): number | undefined {
    const kept = this.#kept.get(node);
    return kept === undefined ? undefined : Math.max(0, kept);
  }

  #count(
    bytes: Uint8Array,
    mac_start: number,
    { at_ns, segment }: { at_ns: LabTime; segment: string | undefined },
    by: number,
  ): void {
    const node = this.#nodes.get(uint16(bytes, mac_start) * 2 ** 32 + uint32(bytes, mac_start + 2));
    const window = this.#windows.find((one) => one.node === node);
    if (node === undefined || !window || at_ns < window.from_ns || at_ns > window.to_ns) return;
    if (segment !== undefined && window.segments?.has(segment) === false) return;
    this.#kept.set(node, this.#kept.get(node)! + by);
  }

  /** A reset is an answer to a packet, not one that a session needs. */
  #isOfProbe(frame: Frame): boolean {
    const tcp = ipTransportOf(frame, PROTOCOL.tcp, TCP_HEADER);
    const packet = tcp ?? ipTransportOf(frame, PROTOCOL.udp, PORTS);
    if (!packet || (tcp && (frame.bytes[tcp.payload_start + 13]! & TCP_FLAG.rst) !== 0)) return false;
    const protocol = tcp ? 'tcp' : 'udp';
    return [packet.payload_start, packet.payload_start + 2].some((at) =>
      this.#ports.has(portWord({ protocol, port: uint16(frame.bytes, at) })),
    );
  }
}
