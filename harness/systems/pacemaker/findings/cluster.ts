import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import type { Moment } from '../../../evidence/moment.ts';
import { type Records, recordOf } from '../../../evidence/records.ts';
import { defined } from '../../../ground/defined.ts';
import { InputError } from '../../../ground/errors.ts';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { ClusterFacts, ClusterVip } from '../../../journal/cluster-facts.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { AddressEvent, PowerEvent } from '../../../journal/trial-facts.ts';
import type { AddressAnswers } from '../../../observe/address-answers.ts';
import type { AddressAnnouncement } from '../../../observe/garps.ts';
import { type Cib, parseCib } from '../config/cib.ts';
import { type ClusterBounds, clusterBounds } from './cluster-bounds.ts';
import {
  type ClusterCause,
  type ClusterEvent,
  clusterEvents,
  othersBeforeMs,
  type Span,
  spanOf,
} from './cluster-events.ts';
import { addressUnderWay, ownEventsOf } from './cluster-own-events.ts';
import { ownerAt } from './cluster-vip-changes.ts';
import { type VipFindings, vipFindings, vipMoments } from './cluster-vip-findings.ts';
import { type CutOff, cutOffOf } from './cut-off.ts';
import { fencedTooSoon, fencingMetrics, fencingMoments, fencingNotes } from './fencing.ts';
import { fencingDevices } from './fencing-bounds.ts';
import { fencingDecisions } from './fencing-log.ts';
import { type Fencing, type FencingSeen, fencingsIn } from './fencing-rounds.ts';
import { lostMember } from './lost-member.ts';
import { ringSilence } from './ring-silence.ts';

/** What a trial shows besides the cluster's own records. */
export interface ClusterSeen {
  /** Gratuitous ARPs and unsolicited neighbour advertisements, in order of time. */
  garps: readonly AddressAnnouncement[];
  /** When these interfaces spoke to other members (knet), in order of time. */
  heard(macs: readonly string[]): readonly LabTime[];
  /** Has seen every frame from the moments on at which the addresses were taken. */
  answers: AddressAnswers;
  address_events: readonly AddressEvent[];
  /** By the clock of the BMCs. */
  power: readonly PowerEvent[];
  epoch_ns: bigint;
}

/** What became of a cluster after one fault. What was not seen is undefined. */
export interface ClusterFindings extends CutOff {
  /** Without `cluster.` or `vip.` before them. */
  metrics: Record<string, number>;
  bounds: Record<string, Bound>;
  /** Why there is no bound. */
  missing: Record<string, string>;
  moments: Moment[];
  doubts: string[];
  notes: string[];
}

/**
 * What the members' alerts, the kernel's address changes and the captures say about a cluster and one fault.
 * @param earlier the faults before it.
 * @throws InputError when a record is missing or is none.
 */
export function clusterFindings(
  facts: ClusterFacts,
  files: Records,
  seen: ClusterSeen,
  span: FaultSpan,
  earlier: readonly FaultSpan[] = [],
): ClusterFindings {
  const { fault, windows } = span;
  const { fault_ns } = windows;
  const cib = cibOf(facts, files, Number(seen.epoch_ns / 1_000_000n) + msFromNs(fault_ns));
  const fencing = fencingSeen(facts, files, seen);
  // Where a fencing device is watched from, and how that fares, is not the service.
  const devices = fencingDevices(cib);
  const all = fencing.events.filter(({ resource }) => resource === undefined || !devices.has(resource));
  const { events, ...own } = ownEventsOf(all, span, earlier);
  const unclear = own.unclear ?? addressUnderWay(facts, seen.address_events, span, earlier);
  if (unclear !== undefined) return unclearFindings(unclear);
  const stops = spanOf(events, 'stop');
  const starts = spanOf(events, 'start');
  const since_ns = earlier.length > 0 ? fault.before_ns : -Infinity;
  const vips = facts.vips.map((vip) => vipFindings(vip, facts, seen, windows, since_ns));
  const stretch = { from_ns: fault_ns, to_ns: windows.heal_ns };
  const fencings = fencingsIn(fencing, stretch);
  const ownerOf = (vip: ClusterVip) => ownerAt(vip, facts, seen.address_events, fault.before_ns);
  const cause = lostMember(own.cause, events, { fencings, starts }, facts.vips.map(ownerOf));
  const survivor = facts.members.find(({ node }) => node !== cause?.event.node) ?? facts.members[0];
  const acted_ns = fencings.find(({ target }) => target === cause?.event.node)?.done_ns ?? cause?.event.at_ns;
  const others_ms = othersBeforeMs(fencing.events, starts, acted_ns ?? Infinity);
  const known = clusterBounds(cause, survivor?.corosync_conf, cib, { stops, starts, fencings, others_ms });
  const spared = sparedBy(cause, { stops, starts }, facts, ownerOf);
  const again = severalOff(fencings);
  const without = again ?? spared;
  const bounds = without === undefined ? known : withoutTakeover(known, without);
  const silence = ringSilence(facts, span, cause, (macs) => seen.heard(macs));
  return {
    ...(without !== undefined && without === spared
      ? { cuts_off: false }
      : cutOffOf(cause, fault, { cib, bounds, fencings })),
    metrics: {
      ...metricsOf(vips, { cause, stops, starts }, fault_ns),
      ...fencingMetrics(fencings, fencing, stretch),
    },
    bounds: defined({
      detection_ms: bounds.detection,
      takeover_ms: bounds.takeover,
      fencing_ms: bounds.fencing,
    }),
    missing: defined({
      detection_ms: bounds.missing.detection,
      takeover_ms: bounds.missing.takeover,
      fencing_ms: bounds.missing.fencing,
    }),
    doubts: [...silence.doubts, ...(earlier.length > 0 ? [] : fencedTooSoon(fencing, fault.before_ns))],
    notes: [...silence.notes, ...(earlier.length > 0 ? [] : fencingNotes(fencing, fault_ns, windows.end_ns))],
    moments: [
      ...(earlier.length > 0 ? [] : fencingMoments(fencing)),
      ...silence.moments,
      ...eventMoments(cause, [...(stops?.events ?? []), ...(starts?.events ?? [])]),
      ...vips.flatMap(vipMoments),
    ],
  };
}

function fencingSeen(facts: ClusterFacts, files: Records, seen: ClusterSeen): FencingSeen {
  const texts = facts.alerts.map(({ file }) => textOf(files, file));
  const logs = facts.fencing_logs ?? [];
  return {
    members: facts.members.map(({ node }) => node),
    events: clusterEvents(texts, seen.epoch_ns),
    decisions: logs
      .flatMap(({ node, file }) => fencingDecisions(textOf(files, file), node, seen.epoch_ns))
      .toSorted((a, b) => a.at_ns - b.at_ns),
    power: seen.power,
  };
}

/** Why nobody had to take over: the member that was lost held no address, and nothing was moved; undefined when it did. */
function sparedBy(
  cause: ClusterCause | undefined,
  { stops, starts }: { stops: Span | undefined; starts: Span | undefined },
  { vips }: ClusterFacts,
  ownerOf: (vip: ClusterVip) => string | undefined,
): string | undefined {
  if (cause?.kind !== 'node-lost' || stops || starts || vips.length === 0) return undefined;
  const owners = vips.map(ownerOf);
  const { node } = cause.event;
  if (owners.some((owner) => owner === undefined || owner === node)) return undefined;
  return `${node} held none of ${vips.map(({ address }) => address).join(', ')}: nobody had to take over`;
}

/** Why no bound of one loss holds for what follows: members were turned off one after the other; undefined where one was. */
function severalOff(fencings: readonly Fencing[]): string | undefined {
  const off = fencings.filter(({ off_ns }) => off_ns !== undefined);
  if (off.length < 2) return undefined;
  return `members were turned off ${off.length} times (${off.map(({ target }) => target).join(', ')}): no bound of one loss holds for that`;
}

function withoutTakeover(
  { takeover: _, after_power: __, ...bounds }: ClusterBounds,
  why: string,
): ClusterBounds {
  return { ...bounds, missing: { ...bounds.missing, takeover: why } };
}

/** Of a fault of which it is not clear what it did: no numbers. */
function unclearFindings(why: string): ClusterFindings {
  const missing = { detection_ms: why, takeover_ms: why };
  // It may have cut clients off.
  return { cuts_off: true, metrics: {}, bounds: {}, missing, moments: [], doubts: [], notes: [] };
}

/** undefined when it was not kept, or is not followed: that costs its bounds only. */
function cibOf({ cib }: ClusterFacts, files: Records, now_ms: number): Cib | undefined {
  if (cib === undefined) return undefined;
  const text = textOf(files, cib);
  try {
    return parseCib(text, cib, now_ms);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
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
    two_owners_ms: vips.length > 0 ? Math.max(...vips.map(({ two_owners_ms }) => two_owners_ms)) : undefined,
    owners_max: vips.length > 0 ? Math.max(...vips.map(({ owners_max }) => owners_max)) : undefined,
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

function textOf(files: Records, name: string): string {
  return new TextDecoder().decode(recordOf(files, name));
}
