import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import type { Records } from '../../../evidence/records.ts';
import type { ClusterFacts } from '../../../journal/cluster-facts.ts';
import type { ClusterRecord } from '../../../journal/system-records.ts';
import type { Cause, SystemFindings } from '../../system-analysis.ts';
import { AS_VIRTUAL_ROUTER } from '../metrics.ts';
import { type ClusterFindings, type ClusterSeen, clusterFindings } from './cluster.ts';
import { clusterRecords, stateMetrics } from './cluster-views.ts';

/**
 * What a trial shows of its clusters and one fault. Of several clusters the one that took longest speaks for all. What
 * crm_mon said is reported with the first fault: it was asked before that and before healing.
 * @param clusters one at least.
 * @param earlier the faults before this one.
 * @throws InputError when a record is missing or is none.
 */
export function clustersFindings(
  clusters: readonly ClusterFacts[],
  files: Records,
  seen: ClusterSeen,
  span: FaultSpan,
  earlier: readonly FaultSpan[] = [],
): SystemFindings & { rows: ClusterRecord[] } {
  const all = clusters.map((facts) => ({
    ...clusterFindings(facts, files, seen, span, earlier),
    records: earlier.length > 0 ? [] : clusterRecords(facts, files),
  }));
  const slowest = all.toSorted((a, b) => durationOf(b) - durationOf(a))[0]!;
  const { metrics, bounds, missing } = slowest;
  return {
    metrics: asVirtualRouter({ ...metrics, ...stateMetrics(slowest.records) }),
    bounds: asVirtualRouter(bounds),
    missing_bounds: asVirtualRouter(missing),
    causes: causesOf(slowest, clusters),
    moments: all.flatMap(({ moments }) => moments),
    doubts: all.flatMap(({ doubts }) => doubts),
    notes: all.flatMap(({ notes }) => notes),
    rows: all.flatMap(({ records }) => records),
  };
}

/** Who asks at an address that the clusters move, and who asks for what they serve. */
function causesOf(
  { cuts_off, cut_off, bounds, missing }: ClusterFindings,
  clusters: readonly ClusterFacts[],
): Cause[] {
  const addresses = new Set(clusters.flatMap(({ vips }) => vips.map(({ address }) => address)));
  const own = cut_off ?? bounds.takeover_ms ?? missing.takeover_ms;
  const for_how_long =
    !cuts_off || own === undefined ? {} : typeof own === 'string' ? { missing: own } : { bound: own };
  return [
    { reaches: { kind: 'addresses', addresses }, ...for_how_long },
    { reaches: { kind: 'behind' }, ...for_how_long },
  ];
}

function durationOf({ metrics }: ClusterFindings): number {
  return metrics.takeover_ms ?? metrics.started_ms ?? metrics.detection_ms ?? 0;
}

/** Under full names; some as a virtual router's, too: these count where there is no virtual router that has them. */
export function asVirtualRouter<Value>(found: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => [
      [`cluster.${name}`, value],
      ...(AS_VIRTUAL_ROUTER.includes(name) ? [[`vip.${name}`, value]] : []),
    ]),
  );
}
