import { z } from 'zod';
import type { Records } from '../../evidence/records.ts';
import { type LabTime, msFromNs, NS_PER_MS } from '../../ground/time.ts';
import type { Lab } from '../../lab/lab.ts';
import type { ProbeRequests } from '../../observe/probe-requests.ts';
import { heldBack, heldBackNote } from '../../outage/held-back.ts';
import { directionWords } from '../../outage/loss-direction.ts';
import { requestLosses } from '../../outage/request-losses.ts';
import { type Outage, outagesWithin, primaryOutage, splitAtHealing } from '../../outage/request-outages.ts';
import { RequestTable } from '../../outage/request-table.ts';
import { keptFromSchedule, sendJitterMs } from '../../outage/send-gaps.ts';
import { lostPings, tl9000Outage, yardstickOutage } from '../../outage/yardsticks.ts';
import { duration } from '../../topology/duration.ts';
import { byBothMethods } from '../both-methods.ts';
import { anyAddress, endpoints } from '../common-options.ts';
import { heldBackMetrics } from '../held-back-metrics.ts';
import { outageBound, outageCounts } from '../outage-metrics.ts';
import { inSeconds, longestPartial, partialSentence, partialWithin } from '../partial-loss.ts';
import {
  type ProbeFindings,
  type ProbeKind,
  type RunningProbe,
  type TrialWindows,
  WATCHED_BEFORE_NS,
} from '../probe.ts';
import { ProgramPair } from '../program-pair.ts';
import { eachWay } from './records/each-way.ts';
import { arrivalsName, endsOf, recordName } from './records/udp-ends.ts';
import { UDP_METRICS } from './udp-metrics.ts';

const START_TIMEOUT_S = 15;
/** An answer later than this is as good as none (RFC 6413, forwarding delay threshold). */
const LATE_MS = 100;
/** So many answers in a row mean that service is back. */
const GOOD_STREAK = 20;
/** A datagram's number and times; the payload of the longest packet of IPv4 that Ethernet takes. */
const [LEAST_SIZE, MOST_SIZE] = [36, 1472];

const options = z.strictObject({
  kind: z.literal('udp'),
  ...endpoints,
  port: z.int().min(1).max(65535).default(7001),
  interval: duration.prefault('5ms').refine((ms) => ms >= 1 && ms <= 5, 'allowed: 1ms to 5ms'),
  size: z
    .int()
    .min(LEAST_SIZE)
    .max(MOST_SIZE)
    .exactOptional()
    .describe(`bytes of payload of each datagram, ${LEAST_SIZE} to ${MOST_SIZE}; default: ${LEAST_SIZE}`),
});
type UdpOptions = z.output<typeof options>;

interface Status {
  sent: number;
  received: number;
  good_streak: number;
  last_received_ns: LabTime | null;
  now_ns: LabTime;
}

/** Numbered datagrams on a fixed schedule, echoed by the server: the outage as a client sees it. */
export const udp: ProbeKind<typeof options> = {
  kind: 'udp',
  summary: 'numbered datagrams on a fixed schedule to an echo server: outage with its error',
  options,
  metrics: UDP_METRICS,
  most_late_ms: 50,
  nodes: ({ from, to }) => [from, to],
  port: ({ port }) => ({ protocol: 'udp', port }),
  bounds: (_options, cause) => outageBound(cause),
  start: startUdp,
  witness: witnessUdp,
  analyse: analyseUdp,
};

async function startUdp(lab: Lab, name: string, options: UdpOptions): Promise<RunningProbe> {
  const { address, port, interval, size, from, to } = options;
  const params = {
    ...{ address, port, interval_ns: interval * NS_PER_MS, late_ns: LATE_MS * NS_PER_MS },
    ...(size === undefined ? {} : { size }),
  };
  const programs = await ProgramPair.start(
    lab,
    name,
    {
      server: { node: to, program: 'udp_echo', params: { address: anyAddress(address), port } },
      client: { node: from, program: 'udp_client', params },
    },
    START_TIMEOUT_S,
  );
  return new RunningUdp(name, options, programs);
}

class RunningUdp implements RunningProbe {
  readonly name: string;
  readonly #options: UdpOptions;
  readonly #programs: ProgramPair;

  constructor(name: string, options: UdpOptions, programs: ProgramPair) {
    this.name = name;
    this.#options = options;
    this.#programs = programs;
  }

  async trouble(): Promise<string | undefined> {
    const status = await this.#status();
    if (status.good_streak >= GOOD_STREAK) return undefined;
    return `${status.received} of ${status.sent} datagrams answered, the last ${status.good_streak} in a row`;
  }

  async settled(since_ns: LabTime): Promise<boolean> {
    const { good_streak, now_ns } = await this.#status();
    // The status judges no request that may still be answered in time.
    const judged_ns = (GOOD_STREAK * this.#options.interval + LATE_MS) * NS_PER_MS;
    return good_streak >= GOOD_STREAK && now_ns - judged_ns > since_ns;
  }

  async stop(): Promise<Records> {
    const csv = await this.#programs.finish('client');
    const arrivals = await this.#programs.finish('server');
    await this.abandon();
    return { [recordName(this.name)]: csv, [arrivalsName(this.name)]: arrivals };
  }

  abandon(): Promise<void> {
    return this.#programs.end();
  }

  async #status(): Promise<Status> {
    return (await this.#programs.ask('client', { op: 'status' })) as unknown as Status;
  }
}

/**
 * By the same rules, so that any difference is one of what was seen. Requests are in the order in which they came by: the
 * client's kernel holds some while it asks for an address, and others may overtake them.
 */
function witnessUdp(
  { interval }: UdpOptions,
  { at_ns, answered_ns }: ProbeRequests,
  { fault_ns, end_ns }: TrialWindows,
): Outage[] {
  const order = Float64Array.from(at_ns.keys()).sort((a, b) => at_ns[a]! - at_ns[b]!);
  const records = new RequestTable({
    seq: Float64Array.from(order.keys()),
    sent_ns: order.map((row) => at_ns[row]!),
    echoed_ns: new Float64Array(order.length).fill(Number.NaN),
    received_ns: order.map((row) => answered_ns[row]!),
  });
  const limits = { interval_ms: interval, late_ms: LATE_MS };
  const { outages } = requestLosses(records, { ...limits, fault_ns, arrivals_known: false });
  return outagesWithin(outages, fault_ns, end_ns);
}

function analyseUdp(
  name: string,
  { interval }: UdpOptions,
  files: Records,
  windows: TrialWindows,
): ProbeFindings {
  const { fault_ns, heal_ns, end_ns } = windows;
  const ends = endsOf(files, name);
  const { requests: records, arrivals } = ends;
  const arrivals_known = arrivals !== undefined;
  const limits = { interval_ms: interval, late_ms: LATE_MS };
  const analysis = requestLosses(records, { ...limits, fault_ns, arrivals_known });
  const partial = partialWithin(analysis.partial, windows);
  const parts = splitAtHealing(analysis, heal_ns);
  const main = primaryOutage(parts.fault, fault_ns, heal_ns);
  const rejoin = primaryOutage(parts.rejoin, heal_ns, end_ns);
  const outages = outagesWithin(analysis.outages, fault_ns, end_ns);
  const ways = arrivals ? eachWay(name, { ...ends, arrivals }, limits, windows) : { metrics: {}, notes: [] };
  const watched = { to_ns: heal_ns, late_ms: LATE_MS };
  const held = heldBack(records, interval, windows);
  const methods = byBothMethods(name, 'outage_ms', outages, interval);
  return {
    metrics: {
      outage_ms: main.outage_ms,
      outage_error_ms: main.outage_error_ms,
      ...outageCounts(outages, heal_ns),
      lost: analysis.lost,
      sent: analysis.sent,
      yardstick_outage_ms: yardstickOutage(records, watched).outage_ms,
      neutron_pings_lost: lostPings(records, watched).lost,
      tl9000_outage: tl9000Outage(main.outage_ms) ? 1 : 0,
      loss_ratio: analysis.loss_ratio,
      ...longestPartial(partial),
      send_jitter_ms: sendJitterMs(records, interval, 0.99),
      ...heldBackMetrics(held),
      ...ways.metrics,
    },
    outages,
    partial_loss: partial,
    notes: [
      ...partial.map((one) => `${name}: ${partialSentence(one, fault_ns)}`),
      ...outages.flatMap((one) => wayNote(name, one, fault_ns)),
      ...methods.notes,
      ...ways.notes,
      ...heldBackNote(name, held, 'datagrams'),
    ],
    rejoin_outage_ms: rejoin.outage_ms,
    open: outages.some((outage) => outage.open)
      ? [`${name}: the outage was still open at the end of the trial`]
      : [],
    doubts: methods.doubts,
    shorter_ms: methods.shorter_ms,
    ...keptFromSchedule(records, interval, { from_ns: fault_ns - WATCHED_BEFORE_NS, heal_ns, end_ns }),
  };
}

/** That requests do not arrive is what an outage mostly is; anything else is said. */
function wayNote(name: string, { direction, outage_ms, start_ns }: Outage, fault_ns: LabTime): string[] {
  if (direction === undefined || direction === 'to-server') return [];
  const after = inSeconds(msFromNs(start_ns - fault_ns));
  return [
    `${name}: in the outage of ${inSeconds(outage_ms)} from ${after} after the fault ${directionWords(direction)}`,
  ];
}
