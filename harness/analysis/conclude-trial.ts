import { faultSpans } from '../evidence/fault-spans.ts';
import { wasHealedOtherwise } from '../journal/healing-words.ts';
import type { Trial } from '../journal/journal.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import type { TrialFacts, TrialWindows } from '../journal/trial-facts.ts';
import { WATCHED_BEFORE_NS } from '../probes/probe.ts';
import { addressGapDoubts } from './address-gaps.ts';
import { auditsOf } from './audits.ts';
import { withoutCaptures } from './capture-metrics.ts';
import { areAlike, causeFor } from './causes.ts';
import { clientFindings } from './clients.ts';
import { durations } from './durations.ts';
import { judgeTrial } from './judge-trial.ts';
import { lateReturn, withoutReturn } from './late-return.ts';
import { leastLengths } from './least-lengths.ts';
import { missingMetrics } from './missing-metrics.ts';
import { passesBesides } from './passes-besides.ts';
import { faultOfLongest, type LaterFindings, laterFindings } from './per-fault.ts';
import {
  degradations,
  longestOutage,
  lowerBounds,
  outageOfAlike,
  outageRecords,
  type ProbeResult,
  probeBounds,
  probeMetrics,
  watchFindings,
} from './probe-results.ts';
import {
  type HostLoad,
  hostLoad,
  machineMetrics,
  ofTheMachine,
  type Starvation,
  starvation,
  unwatched,
} from './starvation.ts';
import { type FaultFindings, faultFindings, systemRows, watchSystems } from './system-findings.ts';
import { timelineOf } from './timeline.ts';
import type { TrialRecords } from './trial-folder.ts';
import { captureGap, probePorts, trialWire, wireMetrics } from './trial-wire.ts';
import { hearWitness } from './witness.ts';

export interface AnalysedTrial {
  trial: Trial;
  /** The machine did not let it run as it must, and that cost a number that was asked for. */
  starved: boolean;
  /** It passed, but for its measurement, which is in doubt: two ways to measure an outage are too far apart, for example. */
  doubted: boolean;
}

/** Everything that was found out about a trial, before it is put together. */
interface Findings {
  probes: readonly ProbeResult[];
  /** What the systems under test did about each fault. */
  faults: [FaultFindings, ...FaultFindings[]];
  later: LaterFindings;
  watched: ReturnType<typeof watchFindings>;
  /** What only the captures show of the probes, and what they contradict. */
  wire: { metrics: Record<string, number>; doubts: readonly string[] };
  load: HostLoad;
  starved: Starvation | undefined;
}

/** A trial of which nothing is known but what was done. */
export function emptyTrial({ index, faults, audits }: TrialFacts): Trial {
  return { index, verdict: 'unknown', faults, metrics: {}, bounds: {}, audits, timeline: [], outages: [] };
}

/** Makes all numbers of a trial that was carried through, and its verdict. */
export async function concludeTrial(
  run: RunFacts,
  records: TrialRecords,
  windows: TrialWindows,
  probes: readonly ProbeResult[],
): Promise<AnalysedTrial> {
  const { facts } = records;
  const found = await findOut(run, records, windows, probes);
  const gap = captureGap(facts);
  const outages = outageRecords(probes, windows.fault_ns);
  const expected = run.expect.map(({ metric }) => metric);
  const metrics = metricsOf(found);
  const notes = [...(facts.notes ?? []), ...found.faults.flatMap((one) => one.notes)];
  const audits = auditsOf(facts, found.faults, gap);
  const whole: Trial = {
    ...emptyTrial(facts),
    audits,
    metrics: { ...metrics, ...durations(run, facts, windows, { metrics, outages }) },
    ...boundsOf(found, windows),
    ...lowerBounds(probes, metrics, windows, partly(found)),
    ...leastLengths(probes, metrics),
    ...missingMetrics([found.faults[0], found.later], expected),
    timeline: timelineOf(facts, windows, probes, [
      ...found.faults.flatMap(({ moments }) => moments),
      ...found.watched.moments,
    ]),
    outages,
    ...degradations(probes, windows.fault_ns, notes),
    ...systemRows(found.faults, gap === undefined),
  };
  const seen =
    gap === undefined ? whole : withoutCaptures(whole, gap, Object.keys(found.watched.metrics), expected);
  const late = lateReturn(found.starved, probes, found.faults, windows);
  const known = late === undefined ? seen : withoutReturn(seen, late, windows, expected);
  const judgement = judgeFindings(run, facts, windows, found, { gap, late: late?.reason });
  const wanted =
    late === undefined || expected.some((metric) => known.missing_metrics?.[metric] === late.reason);
  // A trial that is made again says why.
  const reason =
    late !== undefined && wanted
      ? { reason: [late.reason, judgement.reason].filter(Boolean).join('; ') }
      : {};
  return {
    trial: { ...known, ...judgement, ...reason },
    starved: found.starved !== undefined && wanted,
    doubted:
      judgement.verdict === 'unknown' &&
      passesBesides(facts, audits, [...probes.map(({ findings }) => findings), ...found.faults]),
  };
}

function judgeFindings(
  run: RunFacts,
  facts: TrialFacts,
  windows: TrialWindows,
  { probes, faults, starved, wire }: Findings,
  { gap, late }: { gap: string | undefined; late: string | undefined },
): ReturnType<typeof judgeTrial> {
  return judgeTrial(
    probes.map(({ findings }) => findings),
    {
      audits: auditsOf(facts, faults, gap),
      doubts: [
        late === undefined ? starved?.reason : undefined,
        unwatched(facts.pressure, windows.fault_ns),
        ...addressGapDoubts(facts, windows),
        // What is missing on the wire contradicts nothing.
        ...(gap === undefined ? wire.doubts : []),
        ...faults.flatMap(({ doubts }) => doubts),
      ],
      open: faults.flatMap(({ open }) => open),
      trouble: facts.trouble,
      mended: facts.mended,
      healed_otherwise: facts.faults.some(wasHealedOtherwise),
      failures: facts.failures ?? [],
      recovery_ms: run.hold.recovery_ms,
    },
  );
}

async function findOut(
  run: RunFacts,
  records: TrialRecords,
  windows: TrialWindows,
  probes: readonly ProbeResult[],
): Promise<Findings> {
  const { facts } = records;
  const spans = faultSpans(facts, windows);
  const common = { windows, faults: spans, ports: probePorts(run) };
  const systems = watchSystems(facts, common);
  const wire = await trialWire(run, records, [
    ...systems.map(({ watch }) => watch),
    ...probes.flatMap(({ watch }) => watch ?? []),
  ]);
  const faults = faultFindings(systems, facts, {
    ...common,
    records: records.probes,
    wire,
    outage: longestOutage(probes, windows),
    clients: clientFindings(probes, spans, { on_link: false }),
    on_link: clientFindings(probes, spans, { on_link: true }),
  });
  const witness = hearWitness(probes, wire, windows);
  const { cpus } = run.environment;
  const load = hostLoad(facts.pressure, windows.fault_ns - WATCHED_BEFORE_NS, windows.heal_ns, cpus);
  return {
    probes,
    faults,
    later: laterFindings(faults, probes),
    watched: watchFindings(probes, windows),
    wire: { metrics: { ...wireMetrics(run.probes, wire), ...witness.metrics }, doubts: witness.doubts },
    load,
    starved: starvation({
      takeover: ofTheMachine(load, facts),
      rejoin: hostLoad(facts.pressure, windows.heal_ns, windows.end_ns, cpus),
      probes: probes.map(({ kind, probe: { options }, findings }) => ({
        late_ms: findings.starved_ms,
        late_until_healing_ms: findings.starved_until_healing_ms,
        most_late_ms: kind.mostLateMs?.(options) ?? kind.most_late_ms,
      })),
      most_overslept_ms: faults[0].most_overslept_ms,
    }),
  };
}

function metricsOf({ probes, faults, watched, wire, later, load }: Findings): Record<string, number> {
  return {
    ...probeMetrics(probes, faults[0].served_ns),
    ...wire.metrics,
    ...watched.metrics,
    ...faults[0].metrics,
    ...later.metrics,
    ...machineMetrics(load),
  };
}

/** A reason is given only where there is no bound. */
function boundsOf(
  { probes, faults, later, watched }: Findings,
  windows: TrialWindows,
): Pick<Trial, 'bounds' | 'missing_bounds' | 'parts'> {
  const felt = probeBounds(probes, (result) => {
    const { causes } = faultOfLongest(faults, result, windows);
    const causeOf = ({ kind, probe }: ProbeResult) => causeFor(causes, kind, probe.options);
    const cause = causeOf(result);
    return { ...cause, ...outageOfAlike(probes, (one) => areAlike(causeOf(one), cause), windows) };
  });
  const bounds = { ...faults[0].bounds, ...later.bounds, ...felt.bounds, ...watched.bounds };
  const all = { ...faults[0].missing_bounds, ...felt.missing_bounds, ...later.missing_bounds };
  const reasons = Object.entries(all).filter(([metric]) => !(metric in bounds));
  const parts = partsOf({ faults, later });
  return {
    bounds,
    ...(reasons.length > 0 ? { missing_bounds: Object.fromEntries(reasons) } : {}),
    ...(Object.keys(parts).length > 0 ? { parts } : {}),
  };
}

function partsOf({ faults, later }: Pick<Findings, 'faults' | 'later'>): NonNullable<Trial['parts']> {
  return { ...faults[0].parts, ...later.parts };
}

/** Metrics of several subjects of which one has no value: the whole may be more. */
function partly(found: Findings): string[] {
  const lacking = Object.entries(partsOf(found)).filter(([, parts]) =>
    parts.some(({ value }) => value === undefined),
  );
  return lacking.map(([metric]) => metric);
}
