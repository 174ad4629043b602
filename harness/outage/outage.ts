import { type LabTime, msFromNs } from '../ground/time.ts';
import type { LossDirection } from '../journal/journal.ts';

/** A time in which requests were not answered in time. */
export interface Outage {
  start_ns: LabTime;
  end_ns: LabTime;
  outage_ms: number;
  /** The true length is within `outage_ms` ± this, unless `open`. */
  outage_error_ms: number;
  /** Requests without a timely answer × interval (RFC 6412, loss-derived); must agree with `outage_ms`. */
  loss_derived_ms: number;
  /** Requests not answered in time: never, or later than `late_ms`. */
  lost: number;
  /** Requests answered in time within it: too few one after the other to end it. */
  answered?: number;
  /** Began before the first record or had not ended at the last: `outage_ms` is a lower bound. */
  open: boolean;
  /** Which way was lost; undefined where that is not known. */
  direction?: LossDirection;
}

/** The unanswered requests seen since `last_good`, and the good ones after them that may yet end the run. */
export interface BadRun {
  first_bad_ns: LabTime;
  last_bad_ns: LabTime;
  lost: number;
  /** Requests answered in time after which it went on. */
  answered: number;
  /** Lost requests that were left out since the last one that was not: of the outage, if it goes on. */
  left_out: number;
  /** Arrivals of late answers, in order of request. */
  late_arrivals: LabTime[];
  /** Of the answered requests since the last bad one, the moment by which service must have been back. */
  good_after: LabTime[];
}

export function startRun(sent_ns: LabTime): BadRun {
  return {
    first_bad_ns: sent_ns,
    last_bad_ns: sent_ns,
    lost: 0,
    answered: 0,
    left_out: 0,
    late_arrivals: [],
    good_after: [],
  };
}

/** @param received_ns NaN when there was no answer. */
export function extendRun(run: BadRun, sent_ns: LabTime, received_ns: LabTime): void {
  run.last_bad_ns = sent_ns;
  run.lost += 1 + run.left_out;
  run.left_out = 0;
  run.answered += run.good_after.length;
  run.good_after.length = 0;
  if (!Number.isNaN(received_ns)) run.late_arrivals.push(received_ns);
}

/** The outage of a run that ended: the answered requests of `good_after` came behind it. */
export function closedOutage(run: BadRun, last_good_ns: LabTime | undefined, interval_ms: number): Outage {
  // A late answer from before the last bad send was delayed for another reason than the end of the outage.
  const queued_ns = run.late_arrivals.reduce(
    (low, at) => (at >= run.last_bad_ns && at < low ? at : low),
    Number.POSITIVE_INFINITY,
  );
  const back_by_ns = Math.min(...run.good_after, queued_ns);
  const open = last_good_ns === undefined;
  return outageOf(run, last_good_ns, { from_ns: run.last_bad_ns, to_ns: back_by_ns }, interval_ms, open);
}

/** The outage of a run that the records do not see the end of: at least until the last request. */
export function openOutage(
  run: BadRun,
  last_good_ns: LabTime | undefined,
  until_ns: LabTime,
  interval_ms: number,
): Outage {
  return outageOf(run, last_good_ns, { from_ns: until_ns, to_ns: until_ns }, interval_ms, true);
}

function outageOf(
  run: BadRun,
  last_good_ns: LabTime | undefined,
  back: { from_ns: LabTime; to_ns: LabTime },
  interval_ms: number,
  open: boolean,
): Outage {
  const up_until_ns = last_good_ns ?? run.first_bad_ns;
  const start_ns = (up_until_ns + run.first_bad_ns) / 2;
  const end_ns = (back.from_ns + back.to_ns) / 2;
  return {
    start_ns,
    end_ns,
    outage_ms: msFromNs(end_ns - start_ns),
    outage_error_ms: msFromNs(run.first_bad_ns - up_until_ns + back.to_ns - back.from_ns) / 2,
    loss_derived_ms: run.lost * interval_ms,
    lost: run.lost,
    ...(run.answered > 0 ? { answered: run.answered } : {}),
    open,
  };
}
