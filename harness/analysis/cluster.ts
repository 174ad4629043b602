import { defined } from '../ground/defined.ts';
import { InputError } from '../ground/errors.ts';
import { type LabTime, msFromNs } from '../ground/time.ts';
import type { ClusterFacts, ClusterVip } from '../journal/cluster-facts.ts';
import type { Bound, ClusterRecord } from '../journal/journal.ts';
import type { AddressEvent, FaultFacts, TrialWindows } from '../journal/trial-facts.ts';
import { type Cib, parseCib } from '../measure/cib.ts';
import type { AddressAnswers } from '../observe/address-answers.ts';
import { type Moment, type ProbeFiles, recordOf } from '../probes/probe.ts';
import { holdingOf } from './address-holding.ts';
import { clusterBounds } from './cluster-bounds.ts';
import {
  type ClusterCause,
  type ClusterEvent,
  causeOf,
  clusterEvents,
  type Span,
  spanOf,
} from './cluster-events.ts';
import { clusterRecords, movedResources } from './cluster-views.ts';
import { takingOf, vipChanges } from './cluster-vip-changes.ts';
import type { Wire } from './wire.ts';

/** What became of a cluster in a trial. What was not seen is undefined. */
export interface ClusterFindings {
  records: ClusterRecord[];
  /** Without `cluster.` or `vip.` before them. */
  metrics: Record<string, number>;
  bounds: Record<string, Bound>;
  /** Why there is no bound. */
  missing: Record<string, string>;
  moments: Moment[];
  /** What made the cluster act had cut clients off, from the fault on. */
  cuts_off: boolean;
}

interface VipFindings {
  vip: ClusterVip;
  new_owner: string | undefined;
  address_ns: LabTime | undefined;
  garp_ns: LabTime | undefined;
  answer_ns: LabTime | undefined;
  owners_max: number;
}

/**
 * What the members' alerts, crm_mon, the kernel's address changes and the captures say about a cluster.
 * @param seen.answers has seen every frame from the moments on at which the addresses were taken.
 * @throws InputError when a record is missing or is none.
 */
export function clusterFindings(
  facts: ClusterFacts,
  files: ProbeFiles,
  seen: {
    wire: Wire;
    answers: AddressAnswers;
    address_events: readonly AddressEvent[];
    epoch_ns: bigint;
    fault: Pick<FaultFacts, 'departure' | 'stops_forwarding'> | undefined;
  },
  windows: TrialWindows,
): ClusterFindings {
  const { fault_ns, heal_ns } = windows;
  const texts = facts.alerts.map(({ file }) => textOf(files, file));
  const events = clusterEvents(texts, seen.epoch_ns).filter(
    ({ at_ns }) => at_ns >= fault_ns && at_ns < heal_ns,
  );
  const cause = causeOf(events, seen.fault?.departure);
  const stops = spanOf(events, 'stop');
  const starts = spanOf(events, 'start');
  const vips = facts.vips.map((vip) => vipFindings(vip, facts, seen, windows));
  const cib = cibOf(facts, files, Number(seen.epoch_ns / 1_000_000n) + msFromNs(fault_ns));
  const survivor = facts.members.find(({ node }) => node !== cause?.event.node) ?? facts.members[0];
  const records = clusterRecords(facts, files);
  const bounds = clusterBounds(cause, survivor?.corosync_conf, cib, { stops, starts });
  return {
    records,
    cuts_off:
      cause?.kind === 'monitor-failed' ||
      (cause?.kind === 'node-lost' && seen.fault?.stops_forwarding === true),
    metrics: {
      ...metricsOf(vips, { cause, stops, starts }, fault_ns),
      ...stateMetrics(records),
    },
    bounds: defined({ detection_ms: bounds.detection, takeover_ms: bounds.takeover }),
    missing: defined({ detection_ms: bounds.missing.detection, takeover_ms: bounds.missing.takeover }),
    moments: [
      ...eventMoments(cause, [...(stops?.events ?? []), ...(starts?.events ?? [])]),
      ...vips.flatMap(vipMoments),
    ],
  };
}

/** undefined when it was not kept, or is not followed: that costs its bounds only. */
function cibOf({ cib }: ClusterFacts, files: ProbeFiles, now_ms: number): Cib | undefined {
  if (cib === undefined) return undefined;
  const text = textOf(files, cib);
  try {
    return parseCib(text, cib, now_ms);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function vipFindings(
  vip: ClusterVip,
  facts: ClusterFacts,
  {
    wire,
    answers,
    address_events,
  }: { wire: Wire; answers: AddressAnswers; address_events: readonly AddressEvent[] },
  windows: TrialWindows,
): VipFindings {
  const taken = takingOf(vip, facts, address_events, windows);
  const macs = new Set(facts.members.find(({ node }) => node === taken?.node)?.macs ?? []);
  const garp = wire.vrrp.garps.find(
    ({ sender_ip, sender_mac, at_ns }) =>
      sender_ip === vip.address && macs.has(sender_mac) && taken !== undefined && at_ns >= taken.at_ns,
  );
  return {
    vip,
    new_owner: taken?.node,
    address_ns: taken?.at_ns,
    garp_ns: garp?.at_ns,
    answer_ns: answers.of(vip.address).find(({ mac }) => macs.has(mac))?.at_ns,
    owners_max: holdingOf(vip.owner, vipChanges(vip, facts, address_events), windows.end_ns).owners_max,
  };
}

function metricsOf(
  vips: readonly VipFindings[],
  {
    cause,
    stops,
    starts,
  }: { cause: ClusterCause | undefined; stops: Span | undefined; starts: Span | undefined },
  fault_ns: LabTime,
): Record<string, number> {
  const since = (at_ns: LabTime | undefined) =>
    at_ns === undefined ? undefined : msFromNs(at_ns - fault_ns);
  const latest = (moments: readonly (LabTime | undefined)[]) => {
    const known = moments.filter((moment) => moment !== undefined);
    return known.length > 0 ? Math.max(...known) : undefined;
  };
  const length = (span: Span | undefined) => span && msFromNs(span.last_ns - span.first_ns);
  return defined({
    detection_ms: cause?.kind === 'asked' ? undefined : since(cause?.event.at_ns),
    stop_ms: length(stops),
    start_ms: length(starts),
    started_ms: since(starts?.last_ns),
    address_ms: since(latest(vips.map(({ address_ns }) => address_ns))),
    takeover_ms: since(latest(vips.map(({ answer_ns }) => answer_ns))),
    owners_max: vips.length > 0 ? Math.max(...vips.map(({ owners_max }) => owners_max)) : undefined,
  });
}

/** What crm_mon says before mending, against before the fault. */
function stateMetrics(records: readonly ClusterRecord[]): Record<string, number> {
  const before = records.find(({ when }) => when === 'before')?.said;
  const during = records.find(({ when }) => when === 'during')?.said;
  return defined({
    moved: before && during ? movedResources(before, during).length : undefined,
    dc_changed: before && during ? Number(before.dc !== during.dc) : undefined,
    members_online: during && Object.values(during.nodes).filter((state) => state === 'online').length,
    with_quorum: during && Number(during.with_quorum),
    resources_running: during?.resources.filter(({ nodes }) => nodes.length > 0).length,
    failures: during?.failures.length,
  });
}

function eventMoments(cause: ClusterCause | undefined, done: readonly ClusterEvent[]): Moment[] {
  const detected: Moment[] =
    cause === undefined || cause.kind === 'asked'
      ? []
      : [{ at_ns: cause.event.at_ns, event: 'detected', detail: wordsOf(cause) }];
  const acts = done.map(({ at_ns, task, resource, node, exec_ms }): Moment => {
    const took = exec_ms === undefined ? '' : `, in ${exec_ms} ms`;
    return task === 'stop'
      ? { at_ns, event: 'stopped', detail: `${resource} is stopped on ${node}${took}` }
      : { at_ns, event: 'started', detail: `${resource} is started on ${node}${took}` };
  });
  return [...detected, ...acts];
}

function wordsOf({ kind, event }: ClusterCause): string {
  if (kind === 'node-lost') return `Pacemaker counts ${event.node} as lost`;
  const why = event.desc === undefined ? '' : `: ${event.desc}`;
  return `the monitor of ${event.resource} on ${event.node} fails${why}`;
}

function vipMoments({ vip, new_owner, address_ns, garp_ns, answer_ns }: VipFindings): Moment[] {
  const moments: [LabTime | undefined, Moment['event'], string][] = [
    [address_ns, 'address', `${vip.address} is on ${new_owner}`],
    [garp_ns, 'first-garp', `first gratuitous ARP of ${new_owner} for ${vip.address}`],
    [answer_ns, 'first-answer', `${new_owner} answers at ${vip.address}`],
  ];
  return moments.flatMap(([at_ns, event, detail]) => (at_ns === undefined ? [] : [{ at_ns, event, detail }]));
}

function textOf(files: ProbeFiles, name: string): string {
  return new TextDecoder().decode(recordOf(files, name));
}
