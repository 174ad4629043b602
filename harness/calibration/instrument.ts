import type { Records } from '../evidence/records.ts';
import { EnvironmentError } from '../ground/errors.ts';
import { NS_PER_MS } from '../ground/time.ts';
import { waitUntil } from '../ground/wait.ts';
import type { Lab } from '../lab/lab.ts';
import { framesOf } from '../observe/frame.ts';
import { openPcap } from '../observe/pcap.ts';
import { probeRequestsOf } from '../observe/probe-requests.ts';
import type { WireRequest } from '../outage/wire-outage.ts';
import type { RunningProbe } from '../probes/probe.ts';
import { ProgramPair } from '../probes/program-pair.ts';
import { udp } from '../probes/udp/udp.ts';
import { fabricPorts } from '../topology/ports.ts';

export const CLIENT = 'client';
export const SERVER = 'server';
export const SERVER_WIRE = 'eth1';
/** Where the calibration's topology puts the server. */
export const SERVER_ADDRESS = '198.18.4.2';
export const INTERVAL_MS = 1;
export const PROBE = 'udp';
export const PROBE_OPTIONS = udp.options.parse({
  kind: 'udp',
  from: CLIENT,
  to: SERVER,
  address: SERVER_ADDRESS,
  interval: `${INTERVAL_MS}ms`,
});

/**
 * A second sender for the observer alone, from the same side: requests of the side that is cut off would never
 * come by, and when they were sent would be guesswork.
 */
const WITNESS = { name: 'witness', port: 7003, interval_ms: 0.5 };
const CAPTURE = 'calibration';
/** Ethernet, IPv4 and UDP headers and the datagram: 78 bytes. */
const SNAP_BYTES = 96;
/** Five minutes of both flows, there and back. */
const MOST_PACKETS = 2_000_000;
const READY_TIMEOUT_MS = 15_000;
const START_TIMEOUT_S = 15;

/** What probe and capture brought home. */
export interface InstrumentRecords {
  files: Records;
  pcap: Uint8Array;
  requests: WireRequest[];
  /** Why the capture can't be trusted. */
  incomplete: string | undefined;
}

/** The probe under test, the witness and the capture, while they run. */
export class Instrument {
  readonly #lab: Lab;
  readonly #probe: RunningProbe;
  readonly #witness: ProgramPair;

  private constructor(lab: Lab, probe: RunningProbe, witness: ProgramPair) {
    this.#lab = lab;
    this.#probe = probe;
    this.#witness = witness;
  }

  /** Starts all three and waits until every datagram is answered. */
  static async start(lab: Lab, signal: AbortSignal | undefined): Promise<Instrument> {
    const ports = [PROBE_OPTIONS.port, WITNESS.port];
    await lab.agent.call('start_capture', {
      name: CAPTURE,
      bridges: [wireName(lab)],
      capture_filter: ports.map((port) => `udp port ${port}`).join(' or '),
      snap_bytes: SNAP_BYTES,
      most_packets: MOST_PACKETS,
    });
    const started: { abandon(): Promise<void> }[] = [];
    try {
      const probe = await udp.start(lab, PROBE, PROBE_OPTIONS);
      started.push(probe);
      const witness = await startWitness(lab);
      started.push({ abandon: () => witness.end() });
      let seen: string | undefined;
      await waitUntil({
        what: 'the probe to be answered',
        timeout_ms: READY_TIMEOUT_MS,
        signal,
        check: async () => {
          seen = await probe.trouble();
          return seen === undefined;
        },
        lastSeen: () => seen,
      });
      return new Instrument(lab, probe, witness);
    } catch (error) {
      for (const one of started) await one.abandon();
      await lab.agent.call('stop_capture', { name: CAPTURE });
      throw error;
    }
  }

  /** Ends all three and reads what they recorded. */
  async stop(): Promise<InstrumentRecords> {
    const files = await this.#probe.stop();
    await this.#witness.end();
    const [capture] = await this.#lab.agent.call('stop_capture', { name: CAPTURE });
    if (!capture) throw new EnvironmentError('the capture is not there any more');
    const pcap = await this.#lab.agent.readFile(capture.path);
    await this.#lab.agent.call('remove_file', { path: capture.path });
    const frames = framesOf(openPcap(pcap, 'the capture'), this.#lab.agent.epoch_ns);
    return { files, pcap, requests: probeRequestsOf(frames), incomplete: incompleteness(capture) };
  }

  /** Ends what still runs of them. */
  async abandon(): Promise<void> {
    await Promise.all([
      this.#probe.abandon(),
      this.#witness.end(),
      this.#lab.agent.call('stop_capture', { name: CAPTURE }),
    ]);
  }
}

function startWitness(lab: Lab): Promise<ProgramPair> {
  const { name, port, interval_ms } = WITNESS;
  const interval_ns = interval_ms * NS_PER_MS;
  const client = { address: SERVER_ADDRESS, port, interval_ns, late_ns: 100 * NS_PER_MS };
  return ProgramPair.start(
    lab,
    name,
    {
      server: { node: SERVER, program: 'udp_echo', params: { address: '0.0.0.0', port } },
      client: { node: CLIENT, program: 'udp_client', params: client },
    },
    START_TIMEOUT_S,
  );
}

function wireName(lab: Lab): string {
  return fabricPorts(lab.topology).bridges[0]!.name;
}

function incompleteness({ dropped, full }: { dropped: number; full: boolean }): string | undefined {
  if (dropped > 0) return `starved: the capture lacks ${dropped} packets`;
  return full ? 'the capture was full before the end' : undefined;
}
