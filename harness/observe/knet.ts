import type { LabTime } from '../ground/time.ts';
import { uint16 } from './bytes.ts';
import { AddressNumbers, PairMap } from './endpoints.ts';
import type { Frame } from './frame.ts';
import { type IpPacket, ipDestination, ipSource, ipTransportOf } from './ip.ts';
import { PROTOCOL } from './ipv4.ts';

/** corosync's `mcastport` default; each further link has the next one (corosync.conf(5)). */
const KNET_PORT = 5405;

export interface KnetQuestion {
  /** Destination ports, one a link; default: [5405]. */
  ports?: readonly number[];
  /** Only packets of [from_ns, to_ns) count, and silence is counted up to these ends. */
  window?: { from_ns: LabTime; to_ns: LabTime };
}

/** What one cluster node sends to another over one link: that it speaks, not what it says. */
export interface KnetPath {
  source: string;
  destination: string;
  /** Of the destination. */
  port: number;
  packets: number;
  first_ns: LabTime;
  last_ns: LabTime;
  /** Between two packets, or a packet and an end of the window. */
  longest_silence_ns: number;
  /** When that silence began; undefined for one packet without a window. */
  silent_from_ns: LabTime | undefined;
}

const UDP_HEADER = 8;

/**
 * Notes, frame by frame, who speaks knet to whom. knet's nodes ping each other all the time, so silence is what
 * tells a cut. Takes the frames of one segment in order of time; copies of a packet count again.
 */
class KnetCollector {
  readonly #ports: readonly number[];
  readonly #window: KnetQuestion['window'];
  readonly #numbers = new AddressNumbers();
  readonly #known = new PairMap<KnetPath>();
  readonly #paths: KnetPath[] = [];

  constructor({ ports = [KNET_PORT], window }: KnetQuestion = {}) {
    this.#ports = ports;
    this.#window = window;
  }

  take(frame: Frame): void {
    if (this.#window && (frame.at_ns < this.#window.from_ns || frame.at_ns >= this.#window.to_ns)) return;
    const packet = ipTransportOf(frame, PROTOCOL.udp, UDP_HEADER);
    if (!packet) return;
    const { bytes } = frame;
    const port = uint16(bytes, packet.payload_start + 2);
    if (!this.#ports.includes(port)) return;
    const source = this.#numbers.endpoint(bytes, packet.source_start, packet.version, 0);
    const destination = this.#numbers.endpoint(bytes, packet.destination_start, packet.version, port);
    const path = this.#known.get(source, destination);
    if (path) {
      hear(path, frame.at_ns);
      return;
    }
    const fresh = pathFrom(frame, packet, port, this.#window?.from_ns);
    this.#known.set(source, destination, fresh);
    this.#paths.push(fresh);
  }

  /** In the order of their first packets. */
  paths(): KnetPath[] {
    const end_ns = this.#window?.to_ns;
    return this.#paths.map((path) => {
      const copy = { ...path };
      if (end_ns !== undefined) silence(copy, copy.last_ns, end_ns);
      return copy;
    });
  }
}

/** The same for a whole capture of one segment. */
export function knetPathsOf(frames: Iterable<Frame>, question: KnetQuestion = {}): KnetPath[] {
  const collector = new KnetCollector(question);
  for (const frame of frames) collector.take(frame);
  return collector.paths();
}

function pathFrom(frame: Frame, packet: IpPacket, port: number, from_ns: LabTime | undefined): KnetPath {
  const path: KnetPath = {
    source: ipSource(frame, packet),
    destination: ipDestination(frame, packet),
    port,
    packets: 1,
    first_ns: frame.at_ns,
    last_ns: frame.at_ns,
    longest_silence_ns: 0,
    silent_from_ns: undefined,
  };
  if (from_ns !== undefined) silence(path, from_ns, frame.at_ns);
  return path;
}

function hear(path: KnetPath, at_ns: LabTime): void {
  silence(path, path.last_ns, at_ns);
  path.packets += 1;
  path.last_ns = at_ns;
}

function silence(path: KnetPath, from_ns: LabTime, to_ns: LabTime): void {
  if (to_ns - from_ns <= path.longest_silence_ns) return;
  path.longest_silence_ns = to_ns - from_ns;
  path.silent_from_ns = from_ns;
}
