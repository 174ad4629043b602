import { InputError, UnknownError } from '../ground/errors.ts';
import { NS_PER_MS } from '../ground/time.ts';
import type { Bound, Trial } from '../journal/journal.ts';
import type { DrillProbe, RunFacts } from '../journal/run-facts.ts';
import type { TrialFacts, TrialWindows } from '../journal/trial-facts.ts';
import type { Outage } from '../measure/outage.ts';
import { DhcpGrants } from '../observe/dhcp-grants.ts';
import { WATCHED_BEFORE_NS, type WireWatch } from '../probes/probe.ts';
import { addressAnswers, clustersFindings } from './clusters.ts';
import { dhcpFindings } from './dhcp-servers.ts';
import { dnsmasqBounds, withDnsmasq } from './dnsmasq-bounds.ts';
import { durations } from './durations.ts';
import { judgeTrial } from './judge-trial.ts';
import { missingBounds } from './missing-bounds.ts';
import { type FaultSpan, faultSpans, type LaterFindings, laterFindings } from './per-fault.ts';
import {
  degradations,
  kindOf,
  longestOutage,
  lowerBounds,
  outageRecords,
  type ProbeResult,
  probeBounds,
  probeMetrics,
  probeResults,
  watchFindings,
} from './probe-results.ts';
import { type HostLoad, hostLoad, starvation } from './starvation.ts';
import { takeoverMetrics, takeoverOf } from './takeover.ts';
import { timelineOf } from './timeline.ts';
import { openTrial, type TrialRecords } from './trial-folder.ts';
import { type RouterFindings, routerFindings, routerMetrics } from './virtual-router.ts';
import { readWire, type Wire } from './wire.ts';
import { hearWitness } from './witness.ts';

export interface AnalysedTrial {
  trial: Trial;
  /** The machine did not let it run as it must: not a finding about the system under test. */
  starved: boolean;
}

/**
 * Makes a trial's part of the journal from its records alone: the same for the same records.
 * @throws InputError naming the record that is missing, or is not what it should be.
 */
export async function analyseTrial(run: RunFacts, folder: string): Promise<AnalysedTrial> {
  const records = await openTrial(folder);
  const { facts } = records;
  const { recovery_ms } = run.hold;
  const unmeasured = (doubt: string | undefined, trouble: string | undefined): AnalysedTrial => ({
    trial: {
      ...emptyTrial(facts),
      ...judgeTrial([], {
        audits: facts.audits,
        doubts: [doubt],
        trouble,
        failures: facts.failures ?? [],
        recovery_ms,
      }),
      ...(facts.notes ? { notes: facts.notes } : {}),
    },
    starved: false,
  });
  if (!facts.windows) {
    const { trouble, failures } = facts;
    return unmeasured(undefined, trouble ?? (failures ? undefined : 'the trial was not finished'));
  }
  try {
    const probes = probesOf(run, records, facts.windows, folder);
    return await conclude(run, records, facts.windows, probes);
  } catch (error) {
    if (!(error instanceof UnknownError)) throw error;
    return unmeasured(error.message, facts.trouble);
  }
}

function emptyTrial({ index, faults, audits }: TrialFacts): Trial {
  return { index, verdict: 'unknown', faults, metrics: {}, bounds: {}, audits, timeline: [], outages: [] };
}

/** @throws InputError that names the folder, which the probes do not know. */
function probesOf(
  { probes }: RunFacts,
  records: TrialRecords,
  windows: TrialWindows,
  folder: string,
): ProbeResult[] {
  try {
    return probeResults(probes, records.probes, windows);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${folder}: ${error.message}`, { cause: error });
  }
}

async function conclude(
  run: RunFacts,
  records: TrialRecords,
  windows: TrialWindows,
  probes: readonly ProbeResult[],
): Promise<AnalysedTrial> {
  const { facts } = records;
  const { fault_ns } = windows;
  const grants = new DhcpGrants();
  const answers = addressAnswers(facts, windows);
  const watches = [answers, ...probes.flatMap(({ watch }) => watch ?? []), ...(facts.dhcp ? [grants] : [])];
  const wire = await wireOf(run, records, windows, watches);
  const watched = watchFindings(probes, windows);
  const dhcp =
    facts.dhcp && dhcpFindings(facts.dhcp, grants, records.probes, windows, BigInt(facts.epoch_ns));
  const spans = faultSpans(facts, windows);
  // What a later fault did is not the first one's.
  const first = spans[0]?.windows ?? windows;
  const clusters = clustersFindings(facts, records.probes, { wire, answers }, first);
  const routers = facts.routers.map((router) => routerFindings(router, facts, wire, first, answers));
  const later = laterFindings(facts, spans, wire, probes);
  const outage = longestOutage(probes, windows);
  const witness = hearWitness(probes, wire, windows);
  const takeover = takeoverOf(routers, facts, wire, first, outage);
  // Of several virtual routers the slowest speaks for all.
  const router = takeover?.router ?? routers[0];
  const { cpus } = run.environment;
  const load = hostLoad(facts.pressure, fault_ns - WATCHED_BEFORE_NS, windows.heal_ns, cpus);
  const starved = starvation({
    takeover: load,
    rejoin: hostLoad(facts.pressure, windows.heal_ns, windows.end_ns, cpus),
    probes: probes.map(({ kind, probe: { options }, findings: { starved_ms: late_ms } }) => ({
      late_ms,
      most_late_ms: kind.mostLateMs?.(options) ?? kind.most_late_ms,
    })),
    advert_ms: Math.min(...routers.flatMap(({ advert_ms }) => advert_ms ?? [])),
  });
  const metrics = {
    ...probeMetrics(probes, takeover?.router.answer_ns),
    ...wireMetrics(run.probes, wire),
    ...watched.metrics,
    ...dhcp?.metrics,
    ...witness.metrics,
    ...(router && routerMetrics(router, windows)),
    ...(takeover && takeoverMetrics(takeover, windows)),
    ...clusters?.metrics,
    ...later.metrics,
    ...machineMetrics(load),
  };
  const longest = spanOfOutage(spans, outage);
  const forwarding = routerTakeover(longest, routers, later.routers, router);
  // What is lost behind the address alone, a balancer's process say, is back with the address.
  const of_address = (address: string) =>
    facts.fault?.loss && routers.find((one) => one.router.vip === address)?.bounds['vip.takeover_ms'];
  // Which of the routers a request goes by is not known: with one of them gone there is no bound for what is behind.
  const behind = forwarding ? undefined : clusters?.takeover;
  const causeFor = ({ kind, probe: { options } }: ProbeResult) => ({
    takeover: clusters?.addresses.has(String(options.address))
      ? clusters.takeover
      : kind.behind_cluster
        ? behind
        : (of_address(String(options.address)) ?? forwarding),
    outage_ms: outage?.outage_ms,
  });
  const outages = outageRecords(probes, fault_ns);
  const dnsmasq = dnsmasqBounds(probes, facts.dnsmasq);
  const bounds = {
    ...router?.bounds,
    ...clusters?.bounds,
    ...later.bounds,
    ...withDnsmasq(probeBounds(probes, causeFor), dnsmasq),
    ...watched.bounds,
    ...dhcp?.bounds,
  };
  const trial: Trial = {
    ...emptyTrial(facts),
    metrics: { ...metrics, ...durations(run, facts, windows, { metrics, outages }) },
    bounds,
    ...missingBounds(
      probes,
      clusters,
      {
        missing: router?.missing_bounds ?? {},
        fault: facts.fault,
        vips: routers.map((one) => one.router.vip),
      },
      dnsmasq.missing,
      bounds,
    ),
    ...lowerBounds(probes, metrics, windows),
    timeline: timelineOf(
      facts,
      windows,
      [routers, ...later.routers.map(({ found }) => found)],
      takeover,
      probes,
      [...watched.moments, ...(dhcp?.moments ?? []), ...(clusters?.moments ?? [])],
    ),
    outages,
    ...degradations(probes, fault_ns, [...(facts.notes ?? []), ...routers.flatMap(({ notes }) => notes)]),
    ...(dhcp ? { lease_tables: dhcp.tables } : {}),
    ...(clusters ? { clusters: clusters.records } : {}),
    ...judgeTrial(
      probes.map(({ findings }) => findings),
      {
        audits: facts.audits,
        doubts: [starved, ...witness.doubts],
        trouble: facts.trouble,
        failures: facts.failures ?? [],
        recovery_ms: run.hold.recovery_ms,
      },
    ),
  };
  return { trial, starved: starved !== undefined };
}

/** The fault in whose stretch the longest outage began: it is judged against that fault's bound. */
function spanOfOutage(spans: readonly FaultSpan[], outage: Outage | undefined): FaultSpan | undefined {
  if (!outage) return spans[0];
  return spans.findLast(
    ({ windows }) => outage.start_ns + outage.outage_error_ms * NS_PER_MS >= windows.fault_ns,
  );
}

/** How long the takeover of what forwards may take after a fault that stops it. */
function routerTakeover(
  span: FaultSpan | undefined,
  first: readonly RouterFindings[],
  later: LaterFindings['routers'],
  slowest: RouterFindings | undefined,
): Bound | undefined {
  if (!span?.fault.stops_forwarding) return undefined;
  if (span.number === 1) return (slowest ?? first[0])?.bounds['vip.takeover_ms'];
  const found = later.find((one) => one.span === span)?.found ?? [];
  return found.flatMap(({ bounds }) => bounds['vip.takeover_ms'] ?? [])[0];
}

/** @throws UnknownError when a capture lacks something: it could be just what matters. */
function wireOf(
  run: RunFacts,
  records: TrialRecords,
  windows: TrialWindows,
  watches: readonly Pick<WireWatch, 'take'>[],
): Promise<Wire> {
  const { facts } = records;
  for (const { segment, dropped, full } of facts.captures) {
    if (dropped > 0) throw new UnknownError(`the capture on segment '${segment}' lacks ${dropped} packets`);
    if (full) throw new UnknownError(`the capture on segment '${segment}' was full before the trial ended`);
  }
  const ports = run.probes.flatMap((probe) => {
    const kind = kindOf(probe);
    return kind.on_link ? [] : [kind.port(probe.options)];
  });
  const portsOf = (wanted: string) =>
    ports.filter(({ protocol }) => protocol === wanted).map(({ port }) => port);
  return readWire(records.captures(), {
    epoch_ns: BigInt(facts.epoch_ns),
    fault_ns: windows.fault_ns,
    udp_ports: portsOf('udp'),
    tcp_ports: portsOf('tcp'),
    macs: facts.routers.flatMap(({ members }) => members.flatMap(({ macs }) => macs)),
    watches,
  });
}

/** What only the captures tell of a probe. */
function wireMetrics(probes: readonly DrillProbe[], wire: Wire): Record<string, number> {
  return Object.fromEntries(
    probes.flatMap((probe) => {
      const kind = kindOf(probe);
      const { protocol, port } = kind.port(probe.options);
      if (protocol !== 'tcp' || kind.bulk?.(probe.options)) return [];
      return [[`${probe.name}.retransmitted`, wire.tcp.retransmitted(port)]];
    }),
  );
}

function machineMetrics({
  steal_ratio,
  waiting_ratio,
  overslept_ms,
  run_queue,
}: HostLoad): Record<string, number> {
  return {
    ...(steal_ratio === undefined ? {} : { 'host.steal_ratio': steal_ratio }),
    ...(waiting_ratio === undefined ? {} : { 'host.waiting_ratio': waiting_ratio }),
    'host.overslept_ms': overslept_ms,
    'host.run_queue': run_queue,
  };
}
