import type { Records } from '../evidence/records.ts';
import { type LabTime, msFromNs, NS_PER_MS } from '../ground/time.ts';
import type { PressureSample } from '../journal/trial-facts.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import { type Requests, tableOf } from '../outage/request-table.ts';
import { longestTurnAroundMs, type WireRequest, wireOutage } from '../outage/wire-outage.ts';
import { udp } from '../probes/udp/udp.ts';
import { type Conditions, type CutResult, LIMITS, type ProbeReading, type Reading } from './calibration.ts';
import { pressureWithin, starvedBy } from './conditions.ts';
import { INTERVAL_MS, PROBE, PROBE_OPTIONS } from './instrument.ts';
import type { PlannedCut } from './plan.ts';

/** So far around a cut its outage is looked for: less than the pause between two. */
const AROUND_NS = 150 * NS_PER_MS;
/**
 * So far around each end the machine must let the instrument run: as far as a pause of the length that is borne
 * reaches. What happens elsewhere moves no end.
 */
const NEAR_NS = 2 * NS_PER_MS;

/** A cut that was made: between which clock readings, each right around the system call. */
export interface MadeCut {
  plan: PlannedCut;
  cut: ChangeTime;
  healed: ChangeTime;
}

/** All that was recorded while a batch of cuts was made. */
export interface BatchRecords {
  files: Records;
  probe_records: Requests;
  requests: readonly WireRequest[];
  pressure: readonly PressureSample[];
  incomplete: string | undefined;
}

/** The true length of a cut and how far it can be off, both in ms. */
export function trueLength(cut: ChangeTime, healed: ChangeTime): { true_ms: number; true_error_ms: number } {
  const middle = ({ before_ns, after_ns }: ChangeTime) => (before_ns + after_ns) / 2;
  const width = ({ before_ns, after_ns }: ChangeTime) => after_ns - before_ns;
  return {
    true_ms: msFromNs(middle(healed) - middle(cut)),
    true_error_ms: msFromNs(width(cut) + width(healed)) / 2,
  };
}

/** What the instrument says of one cut beside what was true, and whether it counts. */
export function assessCut(index: number, made: MadeCut, records: BatchRecords): CutResult {
  const { true_ms, true_error_ms } = trueLength(made.cut, made.healed);
  const conditions = { true_error_ms, ...conditionsAt(made, records) };
  const reason = records.incomplete ?? starvedBy(conditions, LIMITS.conditions);
  const from_ns = made.cut.before_ns - AROUND_NS;
  const to_ns = made.healed.after_ns + AROUND_NS;
  return {
    index,
    ...made.plan.sort,
    asked_ms: made.plan.asked_ms,
    true_ms,
    true_error_ms,
    probe: probeReading(records.files, from_ns, to_ns, true_ms),
    observer: observerReading(records.requests, from_ns, to_ns, true_ms),
    accepted: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    conditions,
  };
}

/** By the way that a drill's probe is judged, not by one of its own. */
function probeReading(files: Records, from_ns: LabTime, to_ns: LabTime, true_ms: number): ProbeReading {
  const windows = { fault_ns: from_ns, heal_ns: to_ns, healed_ns: to_ns, end_ns: to_ns };
  const { metrics, outages } = udp.analyse(PROBE, PROBE_OPTIONS, files, windows);
  const { outage_ms = 0, outage_error_ms = 0 } = metrics;
  const longest = outages.find((outage) => outage.outage_ms === outage_ms);
  const loss_derived_ms = longest?.loss_derived_ms ?? 0;
  return { outage_ms, outage_error_ms, loss_derived_ms, error_ms: outage_ms - true_ms };
}

/** An outage that was not seen is one of 0 ms: as wrong as can be. */
function observerReading(
  requests: readonly WireRequest[],
  from_ns: LabTime,
  to_ns: LabTime,
  true_ms: number,
): Reading {
  const seen = wireOutage(requests, from_ns, to_ns);
  const { outage_ms, outage_error_ms } = seen ?? { outage_ms: 0, outage_error_ms: INTERVAL_MS };
  return { outage_ms, outage_error_ms, error_ms: outage_ms - true_ms };
}

function conditionsAt({ cut, healed }: MadeCut, records: BatchRecords): Omit<Conditions, 'true_error_ms'> {
  const ends = [cut, healed].map(({ before_ns, after_ns }) => {
    const [from_ns, to_ns] = [before_ns - NEAR_NS, after_ns + NEAR_NS];
    return {
      send_gap_ms: sendGapMs(records.probe_records, from_ns, to_ns),
      turn_around_ms: longestTurnAroundMs(records.requests, from_ns, to_ns),
      ...pressureWithin(records.pressure, from_ns, to_ns),
    };
  });
  const worst = (name: keyof (typeof ends)[number]) => Math.max(...ends.map((end) => end[name]));
  return {
    send_gap_ms: worst('send_gap_ms'),
    turn_around_ms: worst('turn_around_ms'),
    steal_ratio: worst('steal_ratio'),
    overslept_ms: worst('overslept_ms'),
  };
}

/** How much longer than its interval the longest pause was that reaches into the time, in ms. */
export function sendGapMs(records: Requests, from_ns: LabTime, to_ns: LabTime): number {
  const { sent_ns } = tableOf(records);
  let longest_ns = 0;
  for (let at = 1; at < sent_ns.length; at++) {
    const [before_ns, after_ns] = [sent_ns[at - 1]!, sent_ns[at]!];
    if (after_ns < from_ns) continue;
    if (before_ns >= to_ns) break;
    longest_ns = Math.max(longest_ns, after_ns - before_ns);
  }
  return Math.max(0, msFromNs(longest_ns) - INTERVAL_MS);
}
