import { UnknownError } from '../ground/errors.ts';
import type { Lab } from '../lab/lab.ts';
import type { Frame } from '../observe/frame.ts';
import { framesOf } from '../observe/frame.ts';
import { openPcap, type Pcap } from '../observe/pcap.ts';
import { fabricPorts } from '../topology/ports.ts';

const NAME = 'trial';
/** Enough for every header that is read, and the numbers of a probe. */
const SNAP_BYTES = 192;

export interface Captured {
  /** Of one segment after the other, each in order of time. Parsed anew at every call: a trial has many. */
  frames(): Iterable<Frame>;
  /** File name to content: one pcap a segment. */
  files: Record<string, Uint8Array>;
}

/** Starts the capture on every segment of the lab. */
export async function startCapture(
  lab: Lab,
  ports: readonly { protocol: string; port: number }[],
): Promise<void> {
  const probes = ports.map(({ protocol, port }) => `(${protocol} port ${port})`);
  await lab.agent.call('start_capture', {
    name: NAME,
    bridges: fabricPorts(lab.topology).bridges.map((bridge) => bridge.name),
    capture_filter: ['arp', 'ip proto 112', ...probes].join(' or '),
    snap_bytes: SNAP_BYTES,
  });
}

/** Ends the capture, whether it was started or not. */
export async function abandonCapture(lab: Lab): Promise<void> {
  await lab.agent.call('stop_capture', { name: NAME });
}

/**
 * Ends the capture and reads it.
 * @throws UnknownError when the kernel dropped packets: what is missing could be just what matters.
 */
export async function finishCapture(lab: Lab): Promise<Captured> {
  const files: Record<string, Uint8Array> = {};
  const pcaps: Pcap[] = [];
  for (const { bridge, path, dropped } of await lab.agent.call('stop_capture', { name: NAME })) {
    if (dropped > 0) throw new UnknownError(`the capture on segment '${bridge}' lacks ${dropped} packets`);
    const bytes = await lab.agent.readFile(path);
    await lab.agent.call('remove_file', { path });
    files[`${bridge}.pcap`] = bytes;
    pcaps.push(openPcap(bytes, `capture of ${bridge}`));
  }
  function* frames(): Generator<Frame> {
    for (const pcap of pcaps) yield* framesOf(pcap, lab.agent.epoch_ns);
  }
  return { frames, files };
}
