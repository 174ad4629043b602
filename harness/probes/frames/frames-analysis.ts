import type { Records } from '../../evidence/records.ts';
import { msFromNs, NS_PER_MS } from '../../ground/time.ts';
import { heldBack, heldBackNote } from '../../outage/held-back.ts';
import { lossWithin } from '../../outage/loss-within.ts';
import { requestLosses } from '../../outage/request-losses.ts';
import { outagesWithin, primaryOutage, splitAtHealing } from '../../outage/request-outages.ts';
import { RequestTable } from '../../outage/request-table.ts';
import { keptFromSchedule, sendJitterMs } from '../../outage/send-gaps.ts';
import { waysOf } from '../../outage/ways.ts';
import { byBothMethods } from '../both-methods.ts';
import { heldBackMetrics } from '../held-back-metrics.ts';
import { outageCounts } from '../outage-metrics.ts';
import { longestPartial, partialSentence, partialWithin } from '../partial-loss.ts';
import { type ProbeFindings, type TrialWindows, WATCHED_BEFORE_NS } from '../probe.ts';
import { withArrivals } from '../udp/records/udp-records.ts';
import { type FrameRecords, frameRecordsOf } from './frames-records.ts';

/** A frame that arrives later than this is as good as lost (RFC 6413, forwarding delay threshold). */
export const FRAME_LATE_MS = 100;

const [OUTAGE, NEW_OUTAGE] = ['outage_ms', 'new_outage_ms'] as const;

interface Schedule {
  interval: number;
  new_mac_every?: number | undefined;
}

/**
 * What the segment did with the frames. Where every k-th frame has a new source MAC, the outage is that of the others, and
 * those have one of their own.
 * @throws InputError when a record is missing or is none; UnknownError when nothing was sent between fault and healing.
 */
export function analyseFrames(
  name: string,
  { interval, new_mac_every }: Schedule,
  files: Records,
  windows: TrialWindows,
): ProbeFindings {
  const { fault_ns, heal_ns, end_ns } = windows;
  const records = frameRecordsOf(files, name);
  const all = tableOf(records);
  const known = part(all, (seq) => !isNew(seq, new_mac_every));
  // Of 10 places of the schedule 9 are theirs.
  const share = new_mac_every ? (new_mac_every - 1) / new_mac_every : 1;
  const own = outageOf(name, OUTAGE, known, interval / share, windows);
  const fresh = new_mac_every
    ? newMacs(
        name,
        part(all, (seq) => isNew(seq, new_mac_every)),
        interval * new_mac_every,
        windows,
      )
    : undefined;
  const held = heldBack(known, interval / share, windows);
  const { counts, late } = segmentCounts(records, all);
  const from_ns = fault_ns - WATCHED_BEFORE_NS;
  return {
    metrics: {
      ...own.metrics,
      ...longestPartial(own.partial),
      ...fresh?.metrics,
      ...heldBackMetrics(held),
      lost: lostOf(all),
      sent: all.length,
      late,
      ...counts,
      send_jitter_ms: sendJitterMs(all, interval, 0.99),
    },
    outages: own.outages,
    outages_of: { [OUTAGE]: own.outages, ...(fresh ? { [NEW_OUTAGE]: fresh.outages } : {}) },
    partial_loss: [...own.partial, ...(fresh?.partial ?? [])].toSorted((a, b) => a.start_ns - b.start_ns),
    shorter_ms: { ...own.methods.shorter_ms, ...fresh?.methods.shorter_ms },
    rejoin_outage_ms: own.rejoin_outage_ms,
    notes: [
      ...heldBackNote(name, held, 'frames'),
      ...own.methods.notes,
      ...(fresh?.methods.notes ?? []),
      ...loopNotes(name, counts),
      ...leakNotes(name, records, windows),
    ],
    open: [...own.open, ...(fresh?.open ?? [])],
    doubts: [
      ...own.methods.doubts,
      ...(fresh?.methods.doubts ?? []),
      ...dropDoubts(name, records),
      ...deafDoubts(name, records),
    ],
    ...keptFromSchedule(all, interval, { from_ns, heal_ns, end_ns }),
  };
}

function isNew(seq: number, every: number | undefined): boolean {
  return every !== undefined && seq > 0 && seq % every === 0;
}

/** A frame has no answer: it is served when it arrives. */
function tableOf({ seq, sent_ns, receiver }: FrameRecords): RequestTable {
  const none = new Float64Array(seq.length).fill(Number.NaN);
  const { echoed_ns } = withArrivals(
    new RequestTable({ seq, sent_ns, echoed_ns: none, received_ns: none }),
    receiver.arrivals,
  );
  return new RequestTable({ seq, sent_ns, echoed_ns, received_ns: echoed_ns });
}

function part(all: RequestTable, has: (seq: number) => boolean): RequestTable {
  const kept = (_: number, at: number) => has(all.seq[at]!);
  return new RequestTable({
    seq: all.seq.filter(kept),
    sent_ns: all.sent_ns.filter(kept),
    echoed_ns: all.echoed_ns.filter(kept),
    received_ns: all.received_ns.filter(kept),
  });
}

function lostOf(table: RequestTable): number {
  let lost = 0;
  for (let at = 0; at < table.length; at += 1)
    if (!table.answeredWithin(at, FRAME_LATE_MS * NS_PER_MS)) lost += 1;
  return lost;
}

/** @param measure the length of the longest of these outages. */
function outageOf(
  name: string,
  measure: string,
  table: RequestTable,
  interval_ms: number,
  windows: TrialWindows,
) {
  const { fault_ns, heal_ns, end_ns } = windows;
  const limits = { interval_ms, late_ms: FRAME_LATE_MS, fault_ns, arrivals_known: false };
  const analysis = requestLosses(table, limits);
  const parts = splitAtHealing(analysis, heal_ns);
  const main = primaryOutage(parts.fault, fault_ns, heal_ns);
  const outages = outagesWithin(analysis.outages, fault_ns, end_ns);
  const partial = partialWithin(analysis.partial, windows).map((one) => ({ ...one, measure }));
  const methods = byBothMethods(name, measure, outages, interval_ms, 2);
  return {
    metrics: {
      outage_ms: main.outage_ms,
      outage_error_ms: main.outage_error_ms,
      ...outageCounts(outages, heal_ns),
    },
    outages,
    rejoin_outage_ms: primaryOutage(parts.rejoin, heal_ns, end_ns).outage_ms,
    open: outages.some(({ open }) => open)
      ? [`${name}: the outage was still open at the end of the trial`]
      : [],
    partial,
    // Where others take places of the schedule, one place more at each end may be theirs.
    methods: {
      ...methods,
      notes: [...partial.map((one) => `${name}: ${partialSentence(one, fault_ns)}`), ...methods.notes],
    },
  };
}

function newMacs(name: string, table: RequestTable, interval_ms: number, windows: TrialWindows) {
  const found = outageOf(`${name}: new MAC addresses`, NEW_OUTAGE, table, interval_ms, windows);
  const loss_ratio = lossWithin(table, FRAME_LATE_MS, windows.fault_ns, windows.heal_ns);
  return {
    ...found,
    metrics: {
      [NEW_OUTAGE]: found.metrics.outage_ms,
      new_outage_error_ms: found.metrics.outage_error_ms,
      new_lost: lostOf(table),
      new_sent: table.length,
      ...(loss_ratio === undefined ? {} : { new_loss_ratio: loss_ratio }),
    },
  };
}

function segmentCounts({ receiver, intruders, returned }: FrameRecords, all: RequestTable) {
  const none = new Float64Array(0);
  const answers = { seq: none, echoed_ns: none, received_ns: none };
  const { to_server, late } = waysOf(all, receiver.arrivals, answers, FRAME_LATE_MS * NS_PER_MS);
  const leaked = intruders.reduce((sum, { arrivals }) => sum + arrivals.seq.length, 0);
  return {
    late,
    counts: {
      duplicated: to_server.duplicated,
      reordered: to_server.reordered,
      returned,
      ...(intruders.length > 0 && { leaked }),
    },
  };
}

function loopNotes(
  name: string,
  { duplicated, returned }: { duplicated: number; returned: number },
): string[] {
  if (duplicated === 0 && returned === 0) return [];
  return [
    `${name}: ${duplicated} frames more than were sent arrived, and ${returned} came back to their sender: the segment has, or had, a loop`,
  ];
}

function leakNotes(name: string, { intruders }: FrameRecords, { fault_ns }: TrialWindows): string[] {
  return intruders.flatMap((one) => {
    const first_ns = one.arrivals.echoed_ns[0];
    if (first_ns === undefined) return [];
    const after_ms = msFromNs(first_ns - fault_ns).toFixed(0);
    return [
      `${name}: ${one.node} received ${one.arrivals.seq.length} frames at ${one.interface} that were not for its segment, the first ${after_ms} ms after the fault`,
    ];
  });
}

function dropDoubts(name: string, { receiver, intruders }: FrameRecords): string[] {
  return [receiver, ...intruders].flatMap(({ node, dropped }) =>
    dropped > 0 ? [`${name}: the kernel could not hand ${dropped} frames to the probe at ${node}`] : [],
  );
}

/** That an intruder received nothing says something only where it could have. */
function deafDoubts(name: string, { intruders }: FrameRecords): string[] {
  return intruders.flatMap(({ node, interface: at, running }) =>
    running
      ? []
      : [`${name}: ${at} of ${node} had no carrier at the end: that nothing leaked to it says nothing`],
  );
}
