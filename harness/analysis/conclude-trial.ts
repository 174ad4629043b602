import type { Bound, Trial } from '../journal/journal.ts';
import type { RunFacts } from '../journal/run-facts.ts';
import type { TrialFacts, TrialWindows } from '../journal/trial-facts.ts';
import { DhcpGrants } from '../observe/dhcp-grants.ts';
import { WATCHED_BEFORE_NS } from '../probes/probe.ts';
import { type DhcpFindings, dhcpFindings } from '../systems/dhcp/findings/dhcp-servers.ts';
import {
  slowestRouter,
  type Takeover,
  takeoverMetrics,
  takeoverOf,
} from '../systems/vrrp/findings/takeover.ts';
import { routerMetrics } from '../systems/vrrp/findings/virtual-router.ts';
import { addressGapDoubts } from './address-gaps.ts';
import { withoutCaptures } from './capture-metrics.ts';
import { dnsmasqBounds, withDnsmasq } from './dnsmasq-bounds.ts';
import { durations } from './durations.ts';
import { type FaultFindings, faultFindings, faultWatches } from './fault-findings.ts';
import { judgeTrial } from './judge-trial.ts';
import { missingBounds } from './missing-bounds.ts';
import { type LaterFindings, laterFindings } from './per-fault.ts';
import {
  degradations,
  longestOutage,
  lowerBounds,
  outageRecords,
  type ProbeResult,
  probeBounds,
  probeMetrics,
  watchFindings,
} from './probe-results.ts';
import { faultOfLongest, probeTakeover } from './probe-takeover.ts';
import { type HostLoad, hostLoad, machineMetrics, starvation, unwatched } from './starvation.ts';
import { timelineOf } from './timeline.ts';
import type { TrialRecords } from './trial-folder.ts';
import { captureGap, trialWire, wireMetrics } from './trial-wire.ts';
import { hearWitness } from './witness.ts';

export interface AnalysedTrial {
  trial: Trial;
  /** The machine did not let it run as it must: not a finding about the system under test. */
  starved: boolean;
}

/** Everything that was found out about a trial, before it is put together. */
interface Findings {
  probes: readonly ProbeResult[];
  /** At least one. */
  faults: readonly FaultFindings[];
  later: LaterFindings;
  takeover: Takeover | undefined;
  watched: ReturnType<typeof watchFindings>;
  dhcp: DhcpFindings | undefined;
  /** What only the captures tell of the probes, and what they contradict. */
  wire: { metrics: Record<string, number>; doubts: readonly string[] };
  load: HostLoad;
  starved: string | undefined;
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
  const metrics = metricsOf(found, windows);
  const whole: Trial = {
    ...emptyTrial(facts),
    metrics: { ...metrics, ...durations(run, facts, windows, { metrics, outages }) },
    ...boundsOf(found, facts, windows),
    ...lowerBounds(probes, metrics, windows),
    timeline: momentsOf(found, facts, windows),
    outages,
    ...degradations(probes, windows.fault_ns, notesOf(found, facts)),
    ...(found.dhcp ? { lease_tables: found.dhcp.tables } : {}),
    ...(found.faults[0]!.clusters ? { clusters: found.faults[0]!.clusters.records } : {}),
  };
  const expected = run.expect.map(({ metric }) => metric);
  const known =
    gap === undefined ? whole : withoutCaptures(whole, gap, Object.keys(found.watched.metrics), expected);
  const judgement = judgeTrial(
    probes.map(({ findings }) => findings),
    {
      audits: facts.audits,
      // What is missing on the wire contradicts nothing.
      doubts: [
        found.starved,
        unwatched(facts.pressure, windows.fault_ns),
        ...addressGapDoubts(facts, windows),
        ...(gap === undefined ? found.wire.doubts : []),
      ],
      trouble: facts.trouble,
      mended: facts.mended,
      failures: facts.failures ?? [],
      recovery_ms: run.hold.recovery_ms,
    },
  );
  return { trial: { ...known, ...judgement }, starved: found.starved !== undefined };
}

async function findOut(
  run: RunFacts,
  records: TrialRecords,
  windows: TrialWindows,
  probes: readonly ProbeResult[],
): Promise<Findings> {
  const { facts } = records;
  const grants = new DhcpGrants();
  const watches = faultWatches(facts, windows);
  const wire = await trialWire(run, records, windows, [
    ...watches.map(({ answers }) => answers),
    ...probes.flatMap(({ watch }) => watch ?? []),
    ...(facts.dhcp ? [grants] : []),
  ]);
  const faults = faultFindings(facts, records.probes, watches, wire);
  const [first] = faults as [FaultFindings];
  const witness = hearWitness(probes, wire, windows);
  const takeover = takeoverOf(first.routers, facts, wire, first.span.windows, longestOutage(probes, windows));
  const { cpus } = run.environment;
  const load = hostLoad(facts.pressure, windows.fault_ns - WATCHED_BEFORE_NS, windows.heal_ns, cpus);
  return {
    probes,
    faults,
    later: laterFindings(faults, probes),
    takeover,
    watched: watchFindings(probes, windows),
    dhcp: facts.dhcp && dhcpFindings(facts.dhcp, grants, records.probes, windows, BigInt(facts.epoch_ns)),
    wire: { metrics: { ...wireMetrics(run.probes, wire), ...witness.metrics }, doubts: witness.doubts },
    load,
    starved: starvation({
      takeover: load,
      rejoin: hostLoad(facts.pressure, windows.heal_ns, windows.end_ns, cpus),
      probes: probes.map(({ kind, probe: { options }, findings: { starved_ms: late_ms } }) => ({
        late_ms,
        most_late_ms: kind.mostLateMs?.(options) ?? kind.most_late_ms,
      })),
      advert_ms: Math.min(...first.routers.flatMap(({ advert_ms }) => advert_ms ?? [])),
    }),
  };
}

function metricsOf(found: Findings, windows: TrialWindows): Record<string, number> {
  const { probes, faults, takeover, watched, dhcp, wire, later, load } = found;
  const [first] = faults;
  const router = slowestRouter(first?.routers ?? []);
  return {
    ...probeMetrics(probes, takeover?.router.answer_ns),
    ...wire.metrics,
    ...watched.metrics,
    ...dhcp?.metrics,
    ...(router && routerMetrics(router, windows)),
    ...(takeover && takeoverMetrics(takeover, windows)),
    ...first?.clusters?.metrics,
    ...later.metrics,
    ...machineMetrics(load),
  };
}

function boundsOf(
  { probes, faults, later, watched, dhcp }: Findings,
  facts: TrialFacts,
  windows: TrialWindows,
): Pick<Trial, 'bounds' | 'missing_bounds'> {
  const [first] = faults as [FaultFindings];
  const takeoverFor = (probe: ProbeResult) => probeTakeover(faultOfLongest(faults, probe, windows), probe);
  const outage_ms = longestOutage(probes, windows)?.outage_ms;
  const dnsmasq = dnsmasqBounds(probes, facts.dnsmasq);
  const own = probeBounds(probes, (probe) => ({ takeover: takeoverFor(probe).takeover, outage_ms }));
  const bounds: Record<string, Bound> = {
    ...slowestRouter(first.routers)?.bounds,
    ...first.clusters?.bounds,
    ...later.bounds,
    ...withDnsmasq(own, dnsmasq),
    ...watched.bounds,
    ...dhcp?.bounds,
  };
  const others = { ...later.missing_bounds, ...dnsmasq.missing };
  return {
    bounds,
    ...missingBounds(first, probes, (probe) => takeoverFor(probe).missing, others, bounds),
  };
}

function momentsOf(
  { probes, faults, takeover, watched, dhcp }: Findings,
  facts: TrialFacts,
  windows: TrialWindows,
): Trial['timeline'] {
  return timelineOf(
    facts,
    windows,
    faults.map(({ routers }) => routers),
    takeover,
    probes,
    [
      ...watched.moments,
      ...(dhcp?.moments ?? []),
      ...faults.flatMap(({ clusters }) => clusters?.moments ?? []),
    ],
  );
}

function notesOf({ faults, takeover }: Findings, facts: TrialFacts): string[] {
  return [
    ...(facts.notes ?? []),
    ...(takeover?.unclear ?? []),
    ...(faults[0]?.routers ?? []).flatMap(({ notes }) => notes),
  ];
}
