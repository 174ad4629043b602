import type { LabTime } from '../ground/time.ts';
import { uint16, uint32 } from './bytes.ts';
import { AddressNumbers, type Endpoint, PairMap } from './endpoints.ts';
import type { Frame } from './frame.ts';
import { FrameCopies, type Sighting } from './frame-copies.ts';
import { type IpPacket, ipDestination, ipSource, ipTransportOf } from './ip.ts';
import { PROTOCOL } from './ipv4.ts';
import { TCP_FLAG, TCP_HEADER } from './tcp.ts';
import { type TcpDirection, TcpSender } from './tcp-sender.ts';

export type TcpSide = 'client' | 'server';

export interface TcpReset {
  at_ns: LabTime;
  sent_by: TcpSide;
}

/** One TCP connection, as one segment of the lab saw it: behind a translation it is another flow. */
export interface TcpFlow {
  client: Endpoint;
  server: Endpoint;
  /** `handshake`: by a SYN. `port`: none was captured, see TcpFlowOptions. */
  client_known_by: 'handshake' | 'port';
  first_ns: LabTime;
  last_ns: LabTime;
  /** The client's SYNs, retransmitted ones too. */
  syns: number;
  resets: number;
  /** The first eight. */
  first_resets: TcpReset[];
  from_client: TcpDirection;
  from_server: TcpDirection;
}

export interface TcpFlowOptions {
  /**
   * Where no SYN was captured, the side with one of these ports is the server; failing that, the side with the lower
   * port, because clients get theirs from the top of the range (RFC 6335 §6; Linux: from 32768 on); with equal ports,
   * the side that received the first segment.
   */
  server_ports?: readonly number[];
}

const MOST_RESETS = 8;

interface Tracked {
  flow: Omit<TcpFlow, 'from_client' | 'from_server'>;
  from_client: TcpSender;
  from_server: TcpSender;
}

interface Segment extends Sighting {
  source_port: number;
  destination_port: number;
}

/**
 * Follows the TCP connections of one segment, frame by frame, in order of time. Each takes memory of constant size.
 * A SYN with another number than the last begins a new flow of the same ports.
 */
export class TcpFlowCollector {
  readonly #server_ports: readonly number[];
  readonly #numbers = new AddressNumbers();
  /** By client, then server: the latest of each four-tuple. */
  readonly #latest = new PairMap<Tracked>();
  readonly #all: Tracked[] = [];
  readonly #copies = new FrameCopies();

  constructor(options: TcpFlowOptions = {}) {
    this.#server_ports = options.server_ports ?? [];
  }

  take(frame: Frame): void {
    const packet = ipTransportOf(frame, PROTOCOL.tcp, TCP_HEADER);
    const segment = packet && segmentOf(frame, packet);
    if (!packet || !segment) return;
    const { bytes } = frame;
    const source = this.#numbers.endpoint(bytes, packet.source_start, packet.version, segment.source_port);
    const destination = this.#numbers.endpoint(
      bytes,
      packet.destination_start,
      packet.version,
      segment.destination_port,
    );
    const forward = this.#latest.get(source, destination);
    const backward = forward ? undefined : this.#latest.get(destination, source);
    let tracked = forward ?? backward;
    let sent_by: TcpSide = forward ? 'client' : 'server';
    if (!tracked || opensAnother(tracked, segment)) {
      sent_by = this.#sideOf(segment);
      tracked = begin(frame, packet, segment, sent_by);
      const [client, server] = sent_by === 'client' ? [source, destination] : [destination, source];
      // With swapped sides it is another key: only one of the two can be the latest.
      this.#latest.delete(server, client);
      this.#latest.set(client, server, tracked);
      this.#all.push(tracked);
    }
    const sender = sent_by === 'client' ? tracked.from_client : tracked.from_server;
    if (!this.#copies.isCopy(sender, segment)) follow(tracked, sent_by, segment);
  }

  /** In the order of their first segments. */
  flows(): TcpFlow[] {
    return this.#all.map(({ flow, from_client, from_server }) => ({
      ...flow,
      first_resets: [...flow.first_resets],
      from_client: { ...from_client.seen },
      from_server: { ...from_server.seen },
    }));
  }

  #sideOf({ flags, source_port, destination_port }: Segment): TcpSide {
    if (flags & TCP_FLAG.syn) return flags & TCP_FLAG.ack ? 'server' : 'client';
    const to_server = this.#server_ports.includes(destination_port);
    if (to_server !== this.#server_ports.includes(source_port)) return to_server ? 'client' : 'server';
    return source_port < destination_port ? 'server' : 'client';
  }
}

function segmentOf(frame: Frame, packet: IpPacket): Segment | undefined {
  const { bytes } = frame;
  const at = packet.payload_start;
  const header_length = (bytes[at + 12]! >> 4) * 4;
  if (header_length < TCP_HEADER || header_length > packet.payload_length) return undefined;
  return {
    at_ns: frame.at_ns,
    identification: packet.identification,
    seq: uint32(bytes, at + 4),
    ack: uint32(bytes, at + 8),
    flags: bytes[at + 13]!,
    payload_length: packet.payload_length - header_length,
    source_port: uint16(bytes, at),
    destination_port: uint16(bytes, at + 2),
  };
}

/** A SYN that is not a repetition of the one that opened the flow. */
function opensAnother(tracked: Tracked, { flags, seq }: Segment): boolean {
  const kind = flags & (TCP_FLAG.syn | TCP_FLAG.ack | TCP_FLAG.rst);
  return kind === TCP_FLAG.syn && tracked.from_client.isn !== seq;
}

function begin(frame: Frame, packet: IpPacket, segment: Segment, sent_by: TcpSide): Tracked {
  const source = { ip: ipSource(frame, packet), port: segment.source_port };
  const destination = { ip: ipDestination(frame, packet), port: segment.destination_port };
  const [client, server] = sent_by === 'client' ? [source, destination] : [destination, source];
  const from_client = new TcpSender();
  // The acknowledgement of a SYN that was not captured has its number.
  const answers_syn = (segment.flags & TCP_FLAG.syn) !== 0 && sent_by === 'server';
  if (answers_syn) from_client.startAt((segment.ack - 1) >>> 0, segment.ack);
  return {
    flow: {
      client,
      server,
      client_known_by: segment.flags & TCP_FLAG.syn ? 'handshake' : 'port',
      first_ns: segment.at_ns,
      last_ns: segment.at_ns,
      syns: 0,
      resets: 0,
      first_resets: [],
    },
    from_client,
    from_server: new TcpSender(),
  };
}

function follow({ flow, from_client, from_server }: Tracked, sent_by: TcpSide, segment: Segment): void {
  const { at_ns, flags, seq, ack } = segment;
  flow.last_ns = at_ns;
  if (flags & TCP_FLAG.rst) {
    flow.resets += 1;
    if (flow.first_resets.length < MOST_RESETS) flow.first_resets.push({ at_ns, sent_by });
    return;
  }
  const [sender, receiver] = sent_by === 'client' ? [from_client, from_server] : [from_server, from_client];
  if (flags & TCP_FLAG.syn) {
    if (sender.isn !== seq) sender.startAt(seq, undefined);
    if (sent_by === 'client') flow.syns += 1;
  }
  if (flags & TCP_FLAG.ack) receiver.acknowledged(ack);
  sender.send(segment);
}
