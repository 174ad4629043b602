import { NumberColumn } from '../ground/number-column.ts';
import type { LabTime } from '../ground/time.ts';
import { uint16, uint32 } from './bytes.ts';
import type { Frame } from './frame.ts';
import { ipTransportOf } from './ip.ts';
import { PROTOCOL } from './ipv4.ts';

export interface ForwardingQuestion {
  /** UDP ports of the probes' servers. */
  ports: readonly number[];
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

type Moments = Record<4 | 6, { requests_ns: NumberColumn; answers_ns: NumberColumn }>;

/** Notes, frame by frame, when which router interface first forwarded a probe. */
export class ForwardingCollector {
  readonly #question: ForwardingQuestion;
  /** By the MAC as a number. */
  readonly #found = new Map<number, Moments>();

  /** A MAC that is not written as `02:00:00:00:00:01` matches nothing. */
  constructor(question: ForwardingQuestion) {
    this.#question = question;
    for (const mac of question.macs) {
      const none = () => ({ requests_ns: new NumberColumn(), answers_ns: new NumberColumn() });
      this.#found.set(numberOf(mac), { 4: none(), 6: none() });
    }
  }

  take(frame: Frame): void {
    if (frame.at_ns < this.#question.since_ns) return;
    const { bytes, source_mac_start: at } = frame;
    const found = this.#found.get(uint16(bytes, at) * 2 ** 32 + uint32(bytes, at + 2));
    if (!found) return;
    const packet = ipTransportOf(frame, PROTOCOL.udp, 8);
    if (!packet) return;
    const { ports } = this.#question;
    if (ports.includes(uint16(frame.bytes, packet.payload_start + 2))) {
      found[packet.version].requests_ns.push(frame.at_ns);
    } else if (ports.includes(uint16(frame.bytes, packet.payload_start))) {
      found[packet.version].answers_ns.push(frame.at_ns);
    }
  }

  /** Of one router: the earliest over its interfaces, of packets of that family, from a moment on. */
  of(macs: readonly string[], since_ns: LabTime = -Infinity, family: 4 | 6 = 4): Forwarding {
    const found = macs.flatMap((mac) => this.#found.get(numberOf(mac))?.[family] ?? []);
    return {
      request_ns: earliest(found.map((one) => firstFrom(one.requests_ns, since_ns))),
      answer_ns: earliest(found.map((one) => firstFrom(one.answers_ns, since_ns))),
    };
  }
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
