import type { Records } from '../../evidence/records.ts';
import type { LabTime } from '../../ground/time.ts';
import { type MetricDeclarations, metric } from '../../journal/metric.ts';
import { lossWithin } from '../../outage/loss-within.ts';
import { requestLosses } from '../../outage/request-losses.ts';
import { outagesWithin, primaryOutage, splitAtHealing } from '../../outage/request-outages.ts';
import { keptFromSchedule } from '../../outage/send-gaps.ts';
import { byBothMethods } from '../both-methods.ts';
import { partialSentence, partialWithin } from '../partial-loss.ts';
import { type ProbeFindings, type TrialWindows, WATCHED_BEFORE_NS } from '../probe.ts';
import { readCsv } from './records/udp-ends.ts';
import { parseUdpRecords } from './records/udp-records.ts';

/** The two kinds of traffic, in the words of metrics. */
export const FLOWS = ['established', 'new'] as const;
type Flow = (typeof FLOWS)[number];

/** An answer later than this is as good as none (RFC 6413, forwarding delay threshold). */
export const FLOW_LATE_MS = 100;

const COUNT = { reported: 'journal' } as const;
const WHO = { established: 'the flow that lasted', new: 'flows that were new' } as const;
const SENTENCE = { established: 'Established flows were cut off', new: 'New flows were cut off' } as const;

/** Of each kind of traffic the same. */
export const FLOW_METRICS: MetricDeclarations = Object.fromEntries(
  FLOWS.flatMap((flow) => [
    [
      `${flow}_outage_ms`,
      metric.outage(`longest time without service between fault and healing, of ${WHO[flow]}`, {
        error: `${flow}_outage_error_ms`,
        sentence: SENTENCE[flow],
        until_healing: true,
      }),
    ],
    [`${flow}_outage_error_ms`, metric.error('how far that can be off, either way', { until_healing: true })],
    [
      `${flow}_loss_ratio`,
      metric.ratio(`share of the datagrams of ${WHO[flow]} sent between fault and healing that was lost`, {
        until_healing: true,
      }),
    ],
    [`${flow}_lost`, metric.count(`datagrams of ${WHO[flow]} never answered in time, whole trial`)],
    [`${flow}_sent`, metric.count(`datagrams of ${WHO[flow]} sent, whole trial`, COUNT)],
    [`${flow}_late`, metric.count(`of those lost: answered, but too late`, COUNT)],
  ]),
);

/** Name of the record of one kind. */
export function flowRecord(probe: string, flow: Flow): string {
  return `${probe}-${flow}.csv`;
}

/**
 * What both kinds of traffic lost, each by itself.
 * @throws InputError when a record is missing or is none; UnknownError when nothing was sent between fault and healing.
 */
export function analyseFlowsApart(
  name: string,
  interval_ms: number,
  files: Records,
  windows: TrialWindows,
): ProbeFindings {
  const both = FLOWS.map((flow) => analyseOne(name, flow, interval_ms, files, windows));
  const most = (values: readonly (number | undefined)[]) => Math.max(...values.map((value) => value ?? 0));
  return {
    metrics: Object.assign({}, ...both.map(({ metrics }) => metrics)),
    outages: byTime(both.flatMap(({ outages }) => outages)),
    outages_of: Object.fromEntries(FLOWS.map((flow, at) => [`${flow}_outage_ms`, both[at]!.outages])),
    open: both.flatMap(({ open }) => open),
    doubts: both.flatMap(({ doubts }) => doubts),
    partial_loss: byTime(both.flatMap(({ partial_loss = [] }) => partial_loss)),
    notes: both.flatMap(({ notes = [] }) => notes),
    shorter_ms: Object.assign({}, ...both.map(({ shorter_ms }) => shorter_ms)),
    rejoin_outage_ms: most(both.map(({ rejoin_outage_ms }) => rejoin_outage_ms)),
    starved_ms: most(both.map(({ starved_ms }) => starved_ms)),
    starved_until_healing_ms: most(both.map(({ starved_until_healing_ms }) => starved_until_healing_ms)),
  };
}

function byTime<Of extends { start_ns: LabTime }>(all: readonly Of[]): Of[] {
  return all.toSorted((a, b) => a.start_ns - b.start_ns);
}

function analyseOne(
  name: string,
  flow: Flow,
  interval_ms: number,
  files: Records,
  windows: TrialWindows,
): ProbeFindings {
  const { fault_ns, heal_ns, end_ns } = windows;
  const requests = readCsv(files, flowRecord(name, flow), parseUdpRecords);
  const limits = { interval_ms, late_ms: FLOW_LATE_MS, fault_ns, arrivals_known: false };
  const analysis = requestLosses(requests, limits);
  const parts = splitAtHealing(analysis, heal_ns);
  const main = primaryOutage(parts.fault, fault_ns, heal_ns);
  const outages = outagesWithin(analysis.outages, fault_ns, end_ns);
  const loss_ratio = lossWithin(requests, FLOW_LATE_MS, fault_ns, heal_ns);
  const who = `${name}: ${flow} flows`;
  const measure = `${flow}_outage_ms`;
  const methods = byBothMethods(who, measure, outages, interval_ms);
  const partial = partialWithin(analysis.partial, windows);
  return {
    metrics: {
      [measure]: main.outage_ms,
      [`${flow}_outage_error_ms`]: main.outage_error_ms,
      ...(loss_ratio === undefined ? {} : { [`${flow}_loss_ratio`]: loss_ratio }),
      [`${flow}_lost`]: analysis.lost,
      [`${flow}_sent`]: analysis.sent,
      [`${flow}_late`]: analysis.late,
    },
    outages,
    rejoin_outage_ms: primaryOutage(parts.rejoin, heal_ns, end_ns).outage_ms,
    open: outages.some(({ open }) => open)
      ? [`${who}: the outage was still open at the end of the trial`]
      : [],
    partial_loss: partial.map((one) => ({ ...one, measure })),
    ...methods,
    notes: [...partial.map((one) => `${who}: ${partialSentence(one, fault_ns)}`), ...methods.notes],
    ...keptFromSchedule(requests, interval_ms, { from_ns: fault_ns - WATCHED_BEFORE_NS, heal_ns, end_ns }),
  };
}
