import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import type { Moment } from '../../../evidence/moment.ts';
import type { Records } from '../../../evidence/records.ts';
import type { Wire } from '../../../evidence/wire.ts';
import type { ClusterFacts } from '../../../journal/cluster-facts.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { ClusterRecord } from '../../../journal/system-records.ts';
import type { TrialFacts } from '../../../journal/trial-facts.ts';
import type { AddressAnswers } from '../../../observe/address-answers.ts';
import { AS_VIRTUAL_ROUTER } from '../metrics.ts';
import { type ClusterFindings, clusterFindings } from './cluster.ts';
import { clusterRecords, stateMetrics } from './cluster-views.ts';

/** What a trial shows of its clusters and one fault, under full names. */
export interface ClustersFindings {
  /** What crm_mon said, of the whole trial. */
  records: ClusterRecord[];
  metrics: Record<string, number>;
  bounds: Record<string, Bound>;
  /** Why there is no bound, by the full names of the metrics. */
  missing_bounds: Record<string, string>;
  /** Why `takeover` is not known, where there would be one. */
  missing_takeover: string | undefined;
  /** What the clusters move. */
  addresses: ReadonlySet<string>;
  /** How long the cluster may keep clients from its service; undefined where another cause may do so as well. */
  takeover: Bound | undefined;
  moments: Moment[];
}

function addressesOf(clusters: readonly ClusterFacts[]): string[] {
  return clusters.flatMap(({ vips }) => vips.map(({ address }) => address));
}

/**
 * Of several clusters the one that took longest speaks for all. What crm_mon said is told with the first fault: it was
 * asked before that and before mending.
 * @param answers has seen every frame.
 * @param earlier the faults before this one.
 * @returns undefined where there is no cluster.
 * @throws InputError when a record is missing or is none.
 */
export function clustersFindings(
  { clusters = [], routers, address_events, epoch_ns }: TrialFacts,
  files: Records,
  { wire, answers }: { wire: Wire; answers: AddressAnswers },
  span: FaultSpan,
  earlier: readonly FaultSpan[] = [],
): ClustersFindings | undefined {
  const seen = { wire, answers, address_events, epoch_ns: BigInt(epoch_ns) };
  const all = clusters.map((facts) => ({
    ...clusterFindings(facts, files, seen, span, earlier),
    records: earlier.length > 0 ? [] : clusterRecords(facts, files),
  }));
  const slowest = all.toSorted((a, b) => durationOf(b) - durationOf(a))[0];
  if (!slowest) return undefined;
  const as_vip = routers.length === 0;
  const { metrics, bounds, missing, cuts_off } = slowest;
  return {
    addresses: new Set(addressesOf(clusters)),
    records: all.flatMap(({ records }) => records),
    metrics: fullNames({ ...metrics, ...stateMetrics(slowest.records) }, as_vip),
    bounds: fullNames(bounds, as_vip),
    missing_bounds: fullNames(missing, as_vip),
    takeover: cuts_off ? bounds.takeover_ms : undefined,
    missing_takeover: cuts_off ? missing.takeover_ms : undefined,
    moments: all.flatMap(({ moments }) => moments),
  };
}

function durationOf({ metrics }: ClusterFindings): number {
  return metrics.takeover_ms ?? metrics.started_ms ?? metrics.detection_ms ?? 0;
}

/** As a virtual router's, too, where there is no virtual router that has these. */
function fullNames<Value>(found: Readonly<Record<string, Value>>, as_vip: boolean): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => [
      [`cluster.${name}`, value],
      ...(as_vip && AS_VIRTUAL_ROUTER.includes(name) ? [[`vip.${name}`, value]] : []),
    ]),
  );
}
