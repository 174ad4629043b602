import { NumberColumn } from '../ground/number-column.ts';
import type { LabTime } from '../ground/time.ts';
import { uint16, uint32 } from './bytes.ts';
import type { Frame } from './frame.ts';
import { ipTransportOf } from './ip.ts';
import { PROTOCOL } from './ipv4.ts';
import { TCP_FLAG, TCP_HEADER } from './tcp.ts';

export interface ForwardingQuestion {
  /** UDP ports of the probes' servers. */
  ports: readonly number[];
  /** TCP ports of the probes' servers. */
  tcp_ports?: readonly number[];
  /** MACs of the routers' interfaces. A virtual MAC is the old owner's as well, so tells nothing. */
  macs: readonly string[];
  /** What was forwarded before does not count. */
  since_ns: LabTime;
}

/** When one router interface first sent a probe's packets on. */
export interface Forwarding {
  /** To the server. */
  request_ns: LabTime | undefined;
  /** Back to the client. */
  answer_ns: LabTime | undefined;
}

interface Sent {
  requests_ns: NumberColumn;
  answers_ns: NumberColumn;
}

type Moments = Record<4 | 6, { udp: Sent; tcp: Sent }>;

/** Notes, frame by frame, when which router interface first forwarded a probe. */
export class ForwardingCollector {
  readonly #question: ForwardingQuestion;
  /** By the MAC as a number. */
  readonly #found = new Map<number, Moments>();

  /** A MAC that is not written as `02:00:00:00:00:01` matches nothing. */
  constructor(question: ForwardingQuestion) {
    this.#question = question;
    for (const mac of question.macs) {
      const none = () => ({ udp: nothingSent(), tcp: nothingSent() });
      this.#found.set(numberOf(mac), { 4: none(), 6: none() });
    }
  }

  take(frame: Frame): void {
    if (frame.at_ns < this.#question.since_ns) return;
    const { bytes, source_mac_start: at } = frame;
    const found = this.#found.get(uint16(bytes, at) * 2 ** 32 + uint32(bytes, at + 2));
    if (!found) return;
    const { ports, tcp_ports = [] } = this.#question;
    const datagram = ipTransportOf(frame, PROTOCOL.udp, 8);
    if (datagram) note(found[datagram.version].udp, frame, datagram.payload_start, ports);
    if (datagram || tcp_ports.length === 0) return;
    const segment = ipTransportOf(frame, PROTOCOL.tcp, TCP_HEADER);
    // A reset is not service.
    if (!segment || (bytes[segment.payload_start + 13]! & TCP_FLAG.rst) !== 0) return;
    note(found[segment.version].tcp, frame, segment.payload_start, tcp_ports);
  }

  /**
   * Of one router: the earliest over its interfaces, of packets of that family, from a moment on. By its UDP probes, which
   * send on a schedule; where it forwarded none of theirs, by those of TCP.
   */
  of(macs: readonly string[], since_ns: LabTime = -Infinity, family: 4 | 6 = 4): Forwarding {
    const found = macs.flatMap((mac) => this.#found.get(numberOf(mac))?.[family] ?? []);
    const of = (protocol: 'udp' | 'tcp'): Forwarding => ({
      request_ns: earliest(found.map((one) => firstFrom(one[protocol].requests_ns, since_ns))),
      answer_ns: earliest(found.map((one) => firstFrom(one[protocol].answers_ns, since_ns))),
    });
    const datagrams = of('udp');
    return datagrams.request_ns === undefined && datagrams.answer_ns === undefined ? of('tcp') : datagrams;
  }
}

function nothingSent(): Sent {
  return { requests_ns: new NumberColumn(), answers_ns: new NumberColumn() };
}

/** @param at where the ports are: the destination's behind the source's. */
function note(sent: Sent, { bytes, at_ns }: Frame, at: number, ports: readonly number[]): void {
  if (ports.includes(uint16(bytes, at + 2))) sent.requests_ns.push(at_ns);
  else if (ports.includes(uint16(bytes, at))) sent.answers_ns.push(at_ns);
}

/** Segments come one after the other: not in order of time among each other. */
function firstFrom(moments: NumberColumn, since_ns: LabTime): LabTime | undefined {
  const first = moments
    .values()
    .reduce((least, at_ns) => (at_ns >= since_ns && at_ns < least ? at_ns : least), Infinity);
  return first === Infinity ? undefined : first;
}

function numberOf(mac: string): number {
  return Number.parseInt(mac.replaceAll(':', ''), 16);
}

function earliest(moments: readonly (LabTime | undefined)[]): LabTime | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
