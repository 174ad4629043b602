import { type Records, recordOf } from '../../evidence/records.ts';
import { defined } from '../../ground/defined.ts';
import { InputError, messageOf } from '../../ground/errors.ts';
import { type MetricDeclarations, metric } from '../../journal/metric.ts';
import {
  outagesWithin,
  primaryOutage,
  requestOutages,
  splitAtHealing,
} from '../../outage/request-outages.ts';
import { keptFromSchedule, sendJitterMs } from '../../outage/send-gaps.ts';
import { clientsCutOff, OUTAGE_COUNTS, outageCounts } from '../outage-metrics.ts';
import { type ProbeFindings, type TrialWindows, WATCHED_BEFORE_NS } from '../probe.ts';
import { httpRecordName } from './http-program.ts';
import { type HttpRecord, parseHttpRecords } from './records/http-records.ts';
import { asAnswered, disturbedMs, type HttpService, httpService } from './records/http-service.ts';

const { duration, error, count } = metric;

/** What every probe that speaks HTTP measures. */
export const HTTP_METRICS: MetricDeclarations = {
  outage_ms: clientsCutOff('longest time without service between fault and healing'),
  outage_error_ms: error('how far the outage can be off, either way', { until_healing: true }),
  ...OUTAGE_COUNTS,
  requests: count('requests sent, whole trial', { part: { of: 'failed', words: 'requests failed' } }),
  failed: count('requests that never got the right answer, whole trial'),
  late: count('requests that got the right answer, but later than what counts as service'),
  wrong_content: count('answers with status 200 and something else than what was asked for'),
  bad_status: count('answers with another status than 200'),
  unfinished: count('requests that waited for their answer when the trial ended'),
  disturbed_ms: duration(
    'fault to the last request until healing began that failed or was answered late: when it was sent; 0 without one',
  ),
  in_flight: count('requests that were under way at the fault'),
  in_flight_failed: count('of these, those that failed'),
  in_flight_late: count('of these, those that were answered correctly, but late'),
  backends: count('different backends that answered correctly, whole trial'),
  nodes: count('different nodes that passed such answers on, whole trial'),
  latency_median_ms: duration('right answers before the fault, from sending to the last byte: median'),
  latency_p99_ms: duration('the same: 99th percentile'),
  retransmitted: count('segments that were sent again, as the wire saw it', { from_captures: true }),
  send_jitter_ms: duration(
    'how late the next request left, 99th percentile: what the machine did to the schedule',
    { reported: 'journal' },
  ),
};

type Timing = { interval: number; late: number };

/** The findings of such a probe, and its requests for what one kind looks at besides. */
export function analyseHttp(
  name: string,
  { interval, late }: Timing,
  files: Records,
  { fault_ns, fault_from_ns = fault_ns, heal_ns, end_ns }: TrialWindows,
): { findings: ProbeFindings; records: HttpRecord[]; service: HttpService } {
  const records = requestsOf(files, httpRecordName(name));
  const answered = asAnswered(records);
  const analysis = requestOutages(answered, { interval_ms: interval, late_ms: late });
  const parts = splitAtHealing(analysis, heal_ns);
  const main = primaryOutage(parts.fault, fault_ns, heal_ns);
  const outages = outagesWithin(analysis.outages, fault_ns, end_ns);
  // What was under way may have failed before the call that broke it had returned.
  const service = httpService(records, late, fault_from_ns);
  const { wrong_instance: _, ...counts } = service;
  const findings: ProbeFindings = {
    metrics: defined({
      outage_ms: main.outage_ms,
      outage_error_ms: main.outage_error_ms,
      ...outageCounts(outages, heal_ns),
      ...counts,
      disturbed_ms: disturbedMs(records, late, { fault_ns, heal_ns, end_ns }),
      send_jitter_ms: sendJitterMs(answered, interval, 0.99),
    }),
    outages,
    rejoin_outage_ms: primaryOutage(parts.rejoin, heal_ns, end_ns).outage_ms,
    open: outages.some(({ open }) => open)
      ? [`${name}: the outage was still open at the end of the trial`]
      : [],
    doubts: [],
    ...keptFromSchedule(answered, interval, { from_ns: fault_ns - WATCHED_BEFORE_NS, heal_ns, end_ns }),
  };
  return { findings, records, service };
}

function requestsOf(files: Records, name: string): HttpRecord[] {
  const text = new TextDecoder().decode(recordOf(files, name));
  if (text !== '' && !text.endsWith('\n')) {
    throw new InputError(`the record '${name}' is cut: its last line has no end`);
  }
  try {
    return parseHttpRecords(text);
  } catch (error) {
    throw new InputError(`the record '${name}': ${messageOf(error)}`);
  }
}
