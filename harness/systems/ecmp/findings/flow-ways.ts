import type { FrameWatch } from '../../../evidence/frame-watch.ts';
import { NumberColumn } from '../../../ground/number-column.ts';
import type { LabTime } from '../../../ground/time.ts';
import { macText, uint16, uint32 } from '../../../observe/bytes.ts';
import type { Frame } from '../../../observe/frame.ts';
import { destinationIp, PROTOCOL, transportOf } from '../../../observe/ipv4.ts';
import { TCP_FLAG, TCP_HEADER } from '../../../observe/tcp.ts';

/** A TCP connection to a service address, by the way that its packets took. */
export interface Flow {
  first_ns: LabTime;
  last_ns: LabTime;
  /** Who got its packets, each from a moment on. */
  ways: { node: string; from_ns: LabTime }[];
}

const FLAGS_AT = 13;

/** Follows which announcer the packets of each connection go to, by the MAC address that routers send them to. */
export class FlowWays implements FrameWatch {
  readonly #segments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly #services: ReadonlySet<string>;
  /** Of each packet, in the order of the captures: announcers with a wire of their own each come one after the other. */
  readonly #at_ns = new NumberColumn();
  readonly #keys = new Numbered();
  readonly #nodes = new Numbered();
  readonly #flags = new NumberColumn();

  /** @param segments by segment, MAC address to node. */
  constructor(
    segments: Readonly<Record<string, Readonly<Record<string, string>>>>,
    services: ReadonlySet<string>,
  ) {
    this.#segments = segments;
    this.#services = services;
  }

  /** Those of all packets so far. */
  flows(): Flow[] {
    const connections = new Connections();
    const times = this.#at_ns.values();
    const order = Uint32Array.from(times, (_, index) => index).sort((a, b) => times[a]! - times[b]! || a - b);
    for (const index of order)
      connections.note(this.#keys.at(index), this.#nodes.at(index), times[index]!, this.#flags.at(index));
    return connections.flows;
  }

  take(frame: Frame, segment: string): void {
    const nodes = this.#segments[segment];
    if (!nodes || frame.destination_mac_start === undefined) return;
    const packet = transportOf(frame, PROTOCOL.tcp, TCP_HEADER);
    if (!packet || !this.#services.has(destinationIp(frame, packet))) return;
    const { bytes, at_ns } = frame;
    const node = nodes[macText(bytes, frame.destination_mac_start)];
    if (node === undefined) return;
    const { source_start, destination_start, payload_start: at } = packet;
    const key = `${uint32(bytes, source_start)}:${uint16(bytes, at)} ${uint32(bytes, destination_start)}:${uint16(bytes, at + 2)}`;
    this.#at_ns.push(at_ns);
    this.#keys.push(key);
    this.#nodes.push(node);
    this.#flags.push(bytes[at + FLAGS_AT]!);
  }
}

/** Texts one after the other, each of which is kept once. */
class Numbered {
  readonly #texts: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #column = new NumberColumn();

  push(text: string): void {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.#texts.push(text) - 1;
      this.#numbers.set(text, number);
    }
    this.#column.push(number);
  }

  at(position: number): string {
    return this.#texts[this.#column.at(position)]!;
  }
}

/** The connections of packets that come in order of time. */
class Connections {
  readonly #flows = new Map<string, Flow>();
  readonly #ended: Flow[] = [];
  /** Those that their client has closed. */
  readonly #closed = new Set<string>();

  get flows(): Flow[] {
    return [...this.#ended, ...this.#flows.values()];
  }

  note(key: string, node: string, at_ns: LabTime, flags: number): void {
    const known = this.#flows.get(key);
    const begins = (flags & TCP_FLAG.syn) !== 0;
    const ends = (flags & (TCP_FLAG.fin | TCP_FLAG.rst)) !== 0;
    // A first segment, or one that is sent again: nothing was established by the way of the first.
    if (known && (begins || ends)) {
      this.#ended.push(known);
      this.#flows.delete(key);
    }
    if (begins) this.#closed.delete(key);
    // A client refuses what a node still sends that lost it: that is no service, whatever way it goes.
    else if (ends) this.#closed.add(key);
    if (this.#closed.has(key)) return;
    if (!known || begins) {
      this.#flows.set(key, { first_ns: at_ns, last_ns: at_ns, ways: [{ node, from_ns: at_ns }] });
      return;
    }
    known.last_ns = at_ns;
    if (known.ways.at(-1)!.node !== node) known.ways.push({ node, from_ns: at_ns });
  }
}

/** Who got a flow's packets at a moment; undefined before its first. */
function wayAt({ ways }: Flow, at_ns: LabTime): string | undefined {
  return ways.findLast(({ from_ns }) => from_ns <= at_ns)?.node;
}

/** What became of the flows that lasted at a moment. */
export interface Rehashed {
  /** Flows that lasted. */
  lasting: number;
  /** Of these, those whose packets went to somebody else later. */
  moved: number;
}

/**
 * What became of the flows that lasted at a moment, until a later one.
 * @param but nodes whose flows do not count.
 */
export function rehashed(
  flows: readonly Flow[],
  since_ns: LabTime,
  until_ns: LabTime,
  but: ReadonlySet<string> = new Set(),
): Rehashed {
  const lasting = flows.filter(
    (flow) => flow.first_ns <= since_ns && flow.last_ns > since_ns && !but.has(wayAt(flow, since_ns) ?? ''),
  );
  const isMoved = ({ ways }: Flow) => ways.some(({ from_ns }) => from_ns > since_ns && from_ns <= until_ns);
  return { lasting: lasting.length, moved: lasting.filter(isMoved).length };
}
