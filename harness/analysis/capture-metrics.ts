import type { Trial } from '../journal/journal.ts';

/** Metrics of the trial as a whole that rest on the captures, besides those of the probes. */
const OF_TRIAL = new Set([
  'vip.fault_phase_ms',
  'vip.detection_ms',
  'vip.takeover_ms',
  'cluster.takeover_ms',
  'conntrack.commit_window_resets',
  'etsi.availability_level',
  'dhcp.own_leases_written_ratio',
  'dhcp.others_leases_written_ratio',
  'dhcp.others_leases_initial_ratio',
  'dhcp.reschedule_offer_ms',
]);

/** Measures of probes that count from, or compare with, what the captures show. */
const OF_PROBES = /\.(?:recovery|wire_outage|wire_outage_error)_ms$|\.retransmitted$/;

/** Events that only the captures show. */
const EVENTS = new Set([
  'last-advert',
  'first-advert',
  'first-garp',
  'first-forwarded',
  'first-answer',
  'client-state',
]);

/** Whether a metric of a trial rests on the captures; those of probes that watch the wire do as well. */
function restsOnCaptures(metric: string): boolean {
  const name = metric.replace(/^fault\d+\./, '');
  return OF_TRIAL.has(name) || name.startsWith('phase.') || OF_PROBES.test(name);
}

type Parts = Pick<
  Trial,
  'metrics' | 'bounds' | 'missing_metrics' | 'missing_bounds' | 'timeline' | 'notes' | 'lease_tables'
>;

/**
 * A trial without what rests on its captures, which lack something: these metrics have the reason instead of a value.
 * What the probes recorded themselves, the kernel's address changes and the daemons' own words stay.
 * @param watched metrics that probes read off the captures.
 * @param expected metrics that the drill expects something of.
 */
export function withoutCaptures<Of extends Parts>(
  trial: Of,
  gap: string,
  watched: readonly string[],
  expected: readonly string[],
): Of {
  const more = new Set(watched);
  const rests = (metric: string) => restsOnCaptures(metric) || more.has(metric);
  const lost = Object.keys(trial.metrics).filter(rests);
  const named = [...new Set([...lost, ...expected.filter(rests)])];
  const kept = <Value>(values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).filter(([metric]) => !rests(metric)));
  const { lease_tables: _, missing_bounds, ...rest } = trial;
  const note = `${gap}: not known are ${named.length > 0 ? named.join(', ') : 'the moments of the takeover on the wire'}`;
  return {
    ...rest,
    metrics: kept(trial.metrics),
    bounds: kept(trial.bounds),
    ...(missing_bounds ? { missing_bounds: kept(missing_bounds) } : {}),
    missing_metrics: Object.fromEntries(named.map((metric) => [metric, gap])),
    timeline: trial.timeline.filter(({ event }) => !EVENTS.has(event)),
    notes: [...(trial.notes ?? []), note],
  } as Of;
}
