import { z } from 'zod';
import type { FrameWatch } from '../../../harness/evidence/frame-watch.ts';
import { type LabTime, msFromNs } from '../../../harness/ground/time.ts';
import { metric } from '../../../harness/journal/metric.ts';
import { uint16 } from '../../../harness/observe/bytes.ts';
import type { Frame } from '../../../harness/observe/frame.ts';
import { ipTransportOf } from '../../../harness/observe/ip.ts';
import { PROTOCOL } from '../../../harness/observe/ipv4.ts';
import { BoundFiles } from '../../../harness/systems/bound-files.ts';
import type { System } from '../../../harness/systems/system.ts';
import type { SystemAnalysis } from '../../../harness/systems/system-analysis.ts';

/** A node with this label is a beacon: of the two with the same value one sends. */
export const LABEL = 'beacon';
const CONF = '/etc/beacon.conf';
const PORT = 4747;
const UDP_HEADER = 8;
/** A beacon that has heard nothing for so many periods sends itself. */
const MOST_MISSED = 3;

export interface BeaconFiles {
  period_ms: number;
}

const factsShape = z.object({ period_ms: z.number(), sender: z.string().nullable() });
export type BeaconFacts = z.infer<typeof factsShape>;

const rowsShape = z.array(z.object({ before: z.string().nullable(), after: z.string().nullable() }));

interface Datagram {
  at_ns: LabTime;
  from: string;
}

class DatagramWatch implements FrameWatch {
  readonly datagrams: Datagram[] = [];

  take(frame: Frame): void {
    const packet = ipTransportOf(frame, PROTOCOL.udp, UDP_HEADER);
    if (!packet || uint16(frame.bytes, packet.payload_start + 2) !== PORT) return;
    const payload = frame.bytes.subarray(packet.payload_start + UDP_HEADER, packet.payload_end);
    const from = new TextDecoder().decode(payload);
    // A broadcast is captured at every port that it leaves by.
    const last = this.datagrams.at(-1);
    if (last?.from !== from || frame.at_ns - last.at_ns > 1e6)
      this.datagrams.push({ at_ns: frame.at_ns, from });
  }
}

const analysis: SystemAnalysis<BeaconFacts, DatagramWatch> = {
  factsOf: ({ systems }) => (systems?.beacon === undefined ? undefined : factsShape.parse(systems.beacon)),
  listen: () => new DatagramWatch(),
  analyse: ({ facts: { period_ms, sender }, faults, at, watch }) => {
    const { fault_ns } = faults[at]!.windows;
    const bound = {
      low: (MOST_MISSED - 1) * period_ms,
      high: MOST_MISSED * period_ms,
      from: `beacon.conf: ${MOST_MISSED} x ${period_ms} ms`,
    };
    const heir = watch.datagrams.find(({ at_ns, from }) => at_ns > fault_ns && from !== sender);
    const bounds = { 'beacon.silence_ms': bound };
    if (!heir) return { bounds, open: [`no beacon sent after ${sender} was gone`] };
    return {
      bounds,
      metrics: { 'beacon.silence_ms': msFromNs(heir.at_ns - fault_ns) },
      moments: [{ at_ns: heir.at_ns, event: 'system', detail: `first datagram of ${heir.from}` }],
      rows: [{ before: sender, after: heir.from }],
    };
  },
};

/** A made-up system: two beacons, of which one sends a datagram in every period. */
export const beacon: System<BeaconFiles> = {
  name: 'beacon',
  metrics: {
    'beacon.silence_ms': metric.duration("from the fault to the other beacon's first datagram", {
      from_captures: true,
      per_fault: true,
    }),
  },
  needs: `a beacon: no node has a label ${LABEL}`,
  isIn: ({ nodes }) => nodes.some(({ labels }) => labels[LABEL] !== undefined),
  load: async (topology) => {
    const bound = new BoundFiles(topology);
    let period_ms = 1000;
    for (const node of topology.nodes.filter(({ labels }) => labels[LABEL] !== undefined)) {
      const file = await bound.read(node, CONF);
      const said = /^period_ms (\d+)$/.exec(file?.text.trim() ?? '')?.[1];
      if (said) period_ms = Number(said);
      else if (file) {
        const message = "expected 'period_ms' and a number of milliseconds";
        bound.report(file, [{ message, position: { file: file.file, line: 1, column: 1 } }]);
      }
    }
    return { files: { period_ms }, notes: bound.notes(), sources: [] };
  },
  scale: ({ period_ms }) =>
    period_ms === 1000 ? [] : [`beacons send every ${period_ms} ms (default 1000 ms)`],
  analysis,
  table: {
    shows: 'state',
    of: ({ trials }) => {
      const rows = trials.flatMap(({ index, systems }) =>
        rowsShape
          .parse(systems?.beacon ?? [])
          .map(({ before, after }) => [String(index), before ?? '-', after ?? '-']),
      );
      if (rows.length === 0) return undefined;
      const head = ['TRIAL', 'SENT BEFORE', 'SENT AFTER'];
      return { title: 'Beacons', head, align: ['left', 'left', 'left'], rows, notes: [] };
    },
  },
};
