import { InputError, UnknownError } from '../ground/errors.ts';
import { type LabTime, msFromNs, NS_PER_MS } from '../ground/time.ts';
import { type BadRun, closedOutage, extendRun, type Outage, openOutage, startRun } from './outage.ts';
import { type Requests, type RequestTable, tableOf } from './request-table.ts';
import { UsualRoundTrip } from './usual-round-trip.ts';

export type { Outage } from './outage.ts';
export type { RequestRecord } from './request-table.ts';

export interface RequestOutageOptions {
  /** The schedule: one request every so many ms. */
  interval_ms: number;
  /** A later answer counts as none (the forwarding delay threshold of RFC 6413); default: 100. */
  late_ms?: number;
  /** So many requests answered in time, one after the other, end an outage; default: 3. */
  resume_count?: number;
  /** With fewer unanswered requests it is loss, not an outage; default: 2. */
  min_lost?: number;
}

/** A stretch without a timely answer that is not an outage: the probe was not scheduled, or one request was lost. */
export interface BlindSpot {
  from_ns: LabTime;
  to_ns: LabTime;
}

export interface RequestOutages {
  interval_ms: number;
  /** In order of time, never merged. */
  outages: Outage[];
  blind_spots: BlindSpot[];
  sent: number;
  /** Answered in time; `received + lost = sent`. */
  received: number;
  /** Not answered in time. */
  lost: number;
  /** Of the lost: answered, but too late. */
  late: number;
  /** First and last request; undefined when there was none. */
  first_ns: LabTime | undefined;
  last_ns: LabTime | undefined;
}

type Settings = Required<RequestOutageOptions>;

/**
 * The outages that a probe with a fixed schedule saw. `records` ascend in `seq` and `sent_ns`. Service is
 * an answer within `late_ms`: requests that a queue held for less than that were served.
 *
 * Service broke between the last answered send and the first unanswered one, and came back between the
 * last unanswered send and the next answered one; of a request whose answer took longer than usual, the moment at
 * which it would have left to be answered then (it was held up until the way was open); or the first late answer if
 * that came earlier (requests queued while an address was resolved). The estimate takes both midpoints, the error half of both widths:
 * so a probe that was held up widens its own error. The path's round trip must be short against the interval.
 * @param leaveOut positions of lost requests that begin and end no outage; one that goes on around them has lost them.
 * @throws InputError when the records are out of order or an option is not a positive number.
 */
export function requestOutages(
  records: Requests,
  options: RequestOutageOptions,
  leaveOut?: ReadonlySet<number>,
): RequestOutages {
  const settings = { late_ms: 100, resume_count: 3, min_lost: 2, ...options };
  checkSettings(settings);
  const table = tableOf(records);
  const result = emptyResult(settings.interval_ms);
  const usual = new UsualRoundTrip();
  let last_good_ns: LabTime | undefined;
  let previous = -1;
  let run: BadRun | undefined;
  for (let at = 0; at < table.length; at += 1) {
    if (leaveOut?.has(at)) {
      if (run) run.left_out += 1;
      continue;
    }
    if (previous >= 0) checkOrder(table, previous, at);
    previous = at;
    const good = count(result, table, at, settings);
    const sent_ns = table.sent_ns[at]!;
    const received_ns = table.received_ns[at]!;
    if (run === undefined) {
      if (good) {
        noteGap(result, last_good_ns, sent_ns);
        last_good_ns = sent_ns;
        usual.note(sent_ns, received_ns);
        continue;
      }
      run = startRun(sent_ns);
    }
    if (!good) {
      extendRun(run, sent_ns, received_ns);
    } else if (run.good_after.push(usual.backBy(sent_ns, received_ns)) >= settings.resume_count) {
      closeRun(result, run, last_good_ns, settings);
      last_good_ns = sent_ns;
      run = undefined;
    }
  }
  if (run) leaveOpen(result, run, last_good_ns, settings);
  return result;
}

function emptyResult(interval_ms: number): RequestOutages {
  return {
    interval_ms,
    outages: [],
    blind_spots: [],
    sent: 0,
    received: 0,
    lost: 0,
    late: 0,
    first_ns: undefined,
    last_ns: undefined,
  };
}

function checkSettings(settings: Settings): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!(Number.isFinite(value) && value > 0))
      throw new InputError(`${name} must be more than 0, not ${value}`);
  }
}

function checkOrder({ seq, sent_ns }: RequestTable, before: number, at: number): void {
  if (seq[at]! > seq[before]! && sent_ns[at]! >= sent_ns[before]!) return;
  throw new InputError(
    `the records of a probe are out of order: request ${seq[at]} (sent at ${sent_ns[at]} ns) follows request ${seq[before]} (sent at ${sent_ns[before]} ns)`,
  );
}

/** Counts one record; true when it was answered in time. */
function count(result: RequestOutages, table: RequestTable, at: number, settings: Settings): boolean {
  const sent_ns = table.sent_ns[at]!;
  result.sent += 1;
  result.first_ns ??= sent_ns;
  result.last_ns = sent_ns;
  const good = table.answeredWithin(at, settings.late_ms * NS_PER_MS);
  if (good) result.received += 1;
  else result.lost += 1;
  if (!good && !Number.isNaN(table.received_ns[at]!)) result.late += 1;
  return good;
}

function noteGap(result: RequestOutages, from_ns: LabTime | undefined, to_ns: LabTime): void {
  if (from_ns !== undefined && to_ns - from_ns > 1.5 * result.interval_ms * NS_PER_MS) {
    result.blind_spots.push({ from_ns, to_ns });
  }
}

function closeRun(
  result: RequestOutages,
  run: BadRun,
  last_good_ns: LabTime | undefined,
  settings: Settings,
): void {
  if (run.lost >= settings.min_lost) {
    result.outages.push(closedOutage(run, last_good_ns, settings.interval_ms));
  } else {
    noteGap(result, last_good_ns ?? run.first_bad_ns, run.good_after[0]!);
  }
}

function leaveOpen(
  result: RequestOutages,
  run: BadRun,
  last_good_ns: LabTime | undefined,
  settings: Settings,
): void {
  const until_ns = result.last_ns!;
  if (run.lost >= settings.min_lost) {
    result.outages.push(openOutage(run, last_good_ns, until_ns, settings.interval_ms));
  } else {
    noteGap(result, last_good_ns, until_ns);
  }
}

/** The outages that overlap the window [from_ns, to_ns). */
export function outagesWithin(outages: readonly Outage[], from_ns: LabTime, to_ns: LabTime): Outage[] {
  return outages.filter((outage) => outage.start_ns < to_ns && outage.end_ns > from_ns);
}

/**
 * Parts what a probe saw at the healing: an outage that was open when healing began is the fault's, however it ended;
 * one that began with the healing or later is the return's. Each is reported once.
 */
export function splitAtHealing<Result extends RequestOutages>(
  result: Result,
  heal_ns: LabTime,
): { fault: Result; rejoin: Result } {
  const later = (outage: Outage) => outage.start_ns + outage.outage_error_ms * NS_PER_MS >= heal_ns;
  return {
    fault: { ...result, outages: result.outages.filter((outage) => !later(outage)) },
    rejoin: { ...result, outages: result.outages.filter(later) },
  };
}

export interface PrimaryOutage {
  /** 0 when no outage was seen. */
  outage_ms: number;
  outage_error_ms: number;
  loss_derived_ms: number;
  lost: number;
  /** Some outage in the window is a lower bound only. */
  open: boolean;
  outage: Outage | undefined;
}

/**
 * The longest outage in the window [from_ns, to_ns). Without one, 0 ms with the longest outage that could
 * have hidden: one interval, or a blind spot, or an edge of the window where no request was sent.
 * @throws UnknownError when no request was sent in a window that is long enough for one: no answer is not "no outage".
 */
export function primaryOutage(result: RequestOutages, from_ns: LabTime, to_ns: LabTime): PrimaryOutage {
  const { first_ns, last_ns } = result;
  const none = first_ns === undefined || last_ns === undefined;
  const isDue = to_ns - from_ns >= result.interval_ms * NS_PER_MS;
  if (none || (isDue && (last_ns < from_ns || first_ns >= to_ns))) {
    throw new UnknownError(`the probe sent nothing between ${from_ns} ns and ${to_ns} ns`);
  }
  const seen = outagesWithin(result.outages, from_ns, to_ns);
  const outage = seen.reduce<Outage | undefined>(
    (a, b) => (a && a.outage_ms >= b.outage_ms ? a : b),
    undefined,
  );
  if (!outage) {
    const outage_error_ms = hiddenMs(result, first_ns, last_ns, from_ns, to_ns);
    return { outage_ms: 0, outage_error_ms, loss_derived_ms: 0, lost: 0, open: false, outage };
  }
  const { outage_ms, outage_error_ms, loss_derived_ms, lost } = outage;
  return { outage_ms, outage_error_ms, loss_derived_ms, lost, open: seen.some((one) => one.open), outage };
}

function hiddenMs(
  result: RequestOutages,
  first_ns: LabTime,
  last_ns: LabTime,
  from_ns: LabTime,
  to_ns: LabTime,
): number {
  const gaps_ns = result.blind_spots
    .filter((spot) => spot.from_ns < to_ns && spot.to_ns > from_ns)
    .map((spot) => spot.to_ns - spot.from_ns);
  if (Number.isFinite(from_ns)) gaps_ns.push(first_ns - from_ns);
  if (Number.isFinite(to_ns)) gaps_ns.push(to_ns - last_ns);
  return gaps_ns.reduce((most, gap_ns) => Math.max(most, msFromNs(gap_ns)), result.interval_ms);
}
