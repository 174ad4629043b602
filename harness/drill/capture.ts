import { GZIP_ENDING, gzipPieces } from '../ground/gzip.ts';
import type { CaptureFacts } from '../journal/trial-facts.ts';
import type { Lab } from '../lab/lab.ts';
import { fabricPorts } from '../topology/ports.ts';

const NAME = 'trial';
/** Enough for every header that is read, a message of any protocol that is read, and the first line of an HTTP one. */
const SNAP_BYTES = 640;
/** Of one segment: some minutes of a probe that sends every millisecond. */
const MOST_PACKETS = 2_000_000;
/** Of all that the fabric has room for, half a GB: some ten seconds. */
const COMPRESS_MS = 120_000;

/**
 * Starts the capture of everything on every segment of the lab.
 * @param bulk what is too much to be captured (pcap-filter(7)).
 */
export async function startCapture(lab: Lab, bulk: readonly string[]): Promise<void> {
  await lab.agent.call('start_capture', {
    name: NAME,
    bridges: fabricPorts(lab.topology).bridges.map((bridge) => bridge.name),
    capture_filter: bulk.map((expression) => `not (${expression})`).join(' and '),
    snap_bytes: SNAP_BYTES,
    most_packets: MOST_PACKETS,
  });
}

/** Ends the capture, whether it was started or not. */
export async function abandonCapture(lab: Lab): Promise<void> {
  await lab.agent.call('stop_capture', { name: NAME });
}

/**
 * Ends the capture and brings it home, compressed: nothing is measured any more that this could disturb.
 * @param keep gets the file of every segment, in pieces.
 */
export async function finishCapture(
  lab: Lab,
  keep: (name: string, pieces: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<CaptureFacts[]> {
  const stopped = await lab.agent.call('stop_capture', { name: NAME });
  // There, where both processors can be used for it and less has to be brought home.
  const paths = await lab.agent.call(
    'compress_files',
    { paths: stopped.map(({ path }) => path) },
    COMPRESS_MS,
  );
  const bringHome = async ({ bridge, dropped, full }: (typeof stopped)[number], path: string) => {
    const file = `${bridge}.pcap${GZIP_ENDING}`;
    const pieces = lab.agent.filePieces(path);
    await keep(file, path.endsWith(GZIP_ENDING) ? pieces : gzipPieces(pieces));
    await lab.agent.call('remove_file', { path });
    return { segment: bridge, file, dropped, full };
  };
  return Promise.all(stopped.map((capture, at) => bringHome(capture, paths[at]!)));
}
