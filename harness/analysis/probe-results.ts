import type { Records } from '../evidence/records.ts';
import { InputError } from '../ground/errors.ts';
import { type LabTime, msFromNs, NS_PER_MS } from '../ground/time.ts';
import type { Bound, OutageRecord, Trial } from '../journal/journal.ts';
import type { DrillProbe } from '../journal/run-facts.ts';
import type { TrialWindows } from '../journal/trial-facts.ts';
import { type Outage, outagesWithin } from '../outage/request-outages.ts';
import type { ProbeBoundCause, ProbeFindings, ProbeKind, WireFindings, WireWatch } from '../probes/probe.ts';
import { probes as probeKinds } from '../probes/registry.ts';

/** What one probe of a drill found in a trial. */
export interface ProbeResult {
  probe: DrillProbe;
  kind: ProbeKind;
  findings: ProbeFindings;
  /** What it looks for in the captures; undefined when nothing. */
  watch?: WireWatch;
}

/** @throws InputError when the kind is none that is known here. */
export function kindOf(probe: DrillProbe): ProbeKind {
  const { name, kind } = probe;
  const known = probeKinds.get(kind);
  if (known) return known;
  throw new InputError(
    `probe '${name}' is of kind '${kind}', which is not known here${probeKinds.instead(kind)}`,
  );
}

/** What every probe's records say. */
export function probeResults(
  probes: readonly DrillProbe[],
  files: Records,
  windows: TrialWindows,
): ProbeResult[] {
  return probes.map((probe) => {
    const kind = kindOf(probe);
    const findings = kind.analyse(probe.name, probe.options, files, windows);
    const watch = kind.watch?.(probe.name, probe.options, files);
    return { probe, kind, findings, ...(watch ? { watch } : {}) };
  });
}

/** What the captures showed to those who watched them, under full names. To be asked when all frames were seen. */
export function watchFindings(results: readonly ProbeResult[], windows: TrialWindows): WireFindings {
  const all: WireFindings = { metrics: {}, bounds: {}, moments: [] };
  for (const { probe, watch } of results) {
    const found = watch?.findings(windows);
    for (const [measure, value] of Object.entries(found?.metrics ?? {}))
      all.metrics[`${probe.name}.${measure}`] = value;
    for (const [measure, bound] of Object.entries(found?.bounds ?? {}))
      all.bounds[`${probe.name}.${measure}`] = bound;
    all.moments.push(...(found?.moments ?? []));
  }
  return all;
}

/** `<probe>.<measure>` of every probe, and what they say together of the failed node's return. */
export function probeMetrics(
  results: readonly ProbeResult[],
  served_ns: LabTime | undefined,
): Record<string, number> {
  const metrics: Record<string, number> = {};
  for (const { probe, findings } of results) {
    for (const [measure, value] of Object.entries(findings.metrics))
      metrics[`${probe.name}.${measure}`] = value;
    const { resumed_ns } = findings;
    if (resumed_ns !== undefined && served_ns !== undefined)
      metrics[`${probe.name}.recovery_ms`] = Math.max(0, msFromNs(resumed_ns - served_ns));
  }
  const rejoins = results.flatMap(({ findings }) => findings.rejoin_outage_ms ?? []);
  if (rejoins.length > 0) metrics['rejoin.outage_ms'] = Math.max(...rejoins);
  return metrics;
}

/** What each probe's numbers may be, given what was broken, or why that is not known. */
export function probeBounds(
  results: readonly ProbeResult[],
  causeFor: (result: ProbeResult) => ProbeBoundCause,
): { bounds: Record<string, Bound>; missing_bounds: Record<string, string> } {
  const found = { bounds: {} as Record<string, Bound>, missing_bounds: {} as Record<string, string> };
  for (const result of results) {
    const { probe, kind, findings } = result;
    const own = kind.bounds?.(probe.options, causeFor(result), findings.metrics) ?? {};
    for (const [measure, bound] of Object.entries(own)) {
      const metric = `${probe.name}.${measure}`;
      if (typeof bound === 'string') found.missing_bounds[metric] = bound;
      else found.bounds[metric] = bound;
    }
  }
  return found;
}

/** Every outage of every probe, in order of time. */
export function outageRecords(results: readonly ProbeResult[], fault_ns: LabTime): OutageRecord[] {
  const records = results.flatMap(({ probe, findings }) =>
    findings.outages.map(
      ({ start_ns, outage_ms, outage_error_ms, loss_derived_ms, lost, answered, open, direction }) => ({
        probe: probe.name,
        start_ms: msFromNs(start_ns - fault_ns),
        outage_ms,
        outage_error_ms,
        loss_derived_ms,
        lost,
        ...(answered === undefined ? {} : { answered }),
        open,
        ...(direction ? { direction } : {}),
      }),
    ),
  );
  return records.sort((a, b) => a.start_ms - b.start_ms);
}

/** Every time with partial loss of every probe, in order of time, and what the probes say beside their numbers. */
export function degradations(
  results: readonly ProbeResult[],
  fault_ns: LabTime,
  others: readonly string[] = [],
): Pick<Trial, 'degraded' | 'notes'> {
  const degraded = results.flatMap(({ probe, findings }) =>
    (findings.partial_loss ?? []).map(({ start_ns, end_ns: _, ...rest }) => ({
      probe: probe.name,
      start_ms: msFromNs(start_ns - fault_ns),
      ...rest,
    })),
  );
  const notes = [...new Set([...others, ...results.flatMap(({ findings }) => findings.notes ?? [])])];
  return {
    ...(degraded.length > 0 ? { degraded: degraded.sort((a, b) => a.start_ms - b.start_ms) } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

/** The measures of a probe that are lengths of its outages. */
function lengthsOf({ kind }: ProbeResult): string[] {
  return Object.entries(kind.metrics)
    .filter(([, { role }]) => role === 'outage' || role === 'witness')
    .map(([measure]) => measure);
}

/**
 * The metrics whose value is only a lower bound: some outage of theirs never ended, or the longest one was open when healing
 * began, so healing may have ended it.
 * @param others those that are lower bounds for another reason.
 */
export function lowerBounds(
  results: readonly ProbeResult[],
  metrics: Readonly<Record<string, number>>,
  { fault_ns, heal_ns }: TrialWindows,
  others: readonly string[] = [],
): { lower_bounds?: string[] } {
  const cutShort = (outages: readonly Outage[]) => {
    const seen = outagesWithin(outages, fault_ns, heal_ns);
    const longest = seen.toSorted((a, b) => b.outage_ms - a.outage_ms)[0];
    return seen.some((one) => one.open) || (longest !== undefined && mayReach(longest, heal_ns));
  };
  const ofProbe = (result: ProbeResult) => {
    const { outages, outages_of = {} } = result.findings;
    const open = lengthsOf(result).filter((measure) => cutShort(outages_of[measure] ?? outages));
    return open.map((measure) => `${result.probe.name}.${measure}`);
  };
  const open = [...results.flatMap(ofProbe), ...others].filter((name) => Object.hasOwn(metrics, name));
  return open.length > 0 ? { lower_bounds: open } : {};
}

/** Whether an outage may have been open at that moment, as far as the probe could see. */
function mayReach({ end_ns, outage_error_ms }: Outage, at_ns: LabTime): boolean {
  return end_ns + outage_error_ms * NS_PER_MS >= at_ns;
}

/** The longest time without service between fault and healing, behind a router; undefined when there was none. */
export function longestOutage(results: readonly ProbeResult[], windows: TrialWindows): Outage | undefined {
  const behind = results.filter(({ kind }) => !kind.on_link);
  return longestSeen(
    behind.flatMap(({ findings }) => findings.outages),
    windows,
  );
}

/** The longest of these outages between fault and healing; undefined when there was none. */
export function longestSeen(
  outages: readonly Outage[],
  { fault_ns, heal_ns }: TrialWindows,
): Outage | undefined {
  return outagesWithin(outages, fault_ns, heal_ns).toSorted((a, b) => b.outage_ms - a.outage_ms)[0];
}

/**
 * How long the probes with the same causes were without their service between fault and healing.
 * @param isAlike whether a probe is kept from its service by the same causes.
 */
export function outageOfAlike(
  results: readonly ProbeResult[],
  isAlike: (result: ProbeResult) => boolean,
  windows: TrialWindows,
): Pick<ProbeBoundCause, 'outage_ms' | 'outage_unseen'> {
  const watchers = results.filter((one) => !one.kind.on_link && seesOutages(one.kind) && isAlike(one));
  if (watchers.length === 0) return { outage_ms: undefined, outage_unseen: true };
  return { outage_ms: longestOutage(watchers, windows)?.outage_ms };
}

function seesOutages({ metrics }: ProbeKind): boolean {
  return Object.values(metrics).some(({ role }) => role === 'outage');
}
