import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import type { Moment } from '../../../evidence/moment.ts';
import { InputError } from '../../../ground/errors.ts';
import { type LabTime, msFromNs, NS_PER_MS } from '../../../ground/time.ts';
import type { ClusterFacts } from '../../../journal/cluster-facts.ts';
import { parseCorosyncConf } from '../config/corosync-conf.ts';
import type { ClusterCause } from './cluster-events.ts';
import { realTokenMs } from './corosync-bounds.ts';

/** What of a node that dies may still come by. */
const GRACE_NS = 200 * NS_PER_MS;

/** What the wire says of members that a cluster lost. */
export interface RingSilence {
  moments: Moment[];
  /** Where it contradicts the loss: one sentence each. */
  doubts: string[];
  /** Where nobody else tells of it. */
  notes: string[];
}

/**
 * When the members that are gone were last heard, by the packets that corosync's nodes send each other all the time (knet):
 * a witness of their loss besides Pacemaker's alerts.
 * @param heard the moments at which these interfaces spoke, in order of time; none where the ring was not captured.
 */
export function ringSilence(
  facts: ClusterFacts,
  { fault, windows: { fault_ns, heal_ns } }: FaultSpan,
  cause: ClusterCause | undefined,
  heard: (macs: readonly string[]) => readonly LabTime[],
): RingSilence {
  const found: RingSilence = { moments: [], doubts: [], notes: [] };
  const taken = fault.stops_forwarding ? (fault.victims ?? []) : [];
  const told = cause?.kind === 'node-lost' ? cause.event : undefined;
  const until_ns = told?.at_ns ?? heal_ns;
  const when = (at_ns: LabTime) => {
    const ms = msFromNs(at_ns - fault_ns);
    return `${Math.abs(ms).toFixed(0)} ms ${ms < 0 ? 'before' : 'after'} the fault`;
  };
  for (const { node, macs, corosync_conf } of facts.members) {
    const unasked = !cause && fault.departure === 'abrupt' && taken.includes(node);
    if (node !== told?.node && !unasked) continue;
    const last_ns = heard(macs).findLast((at_ns) => at_ns < until_ns);
    if (last_ns === undefined) continue;
    found.moments.push({
      at_ns: last_ns,
      event: 'silent',
      detail: `${node} is last heard by its cluster (knet)`,
    });
    const silent_ms = msFromNs(fault_ns - last_ns);
    if (unasked)
      found.notes.push(`no alert tells that ${node} was lost: it was last heard ${when(last_ns)} (knet)`);
    if (!taken.includes(node)) continue;
    if (last_ns > fault_ns + GRACE_NS)
      found.doubts.push(`${node} was taken, and was still heard by its cluster ${when(last_ns)} (knet)`);
    if (silent_ms > tokenMs(corosync_conf))
      found.doubts.push(
        `${node} was not heard by its cluster for ${silent_ms.toFixed(0)} ms before the fault (knet)`,
      );
  }
  return found;
}

/** A member that is silent for longer is lost; Infinity where that is not known. */
function tokenMs(corosync_conf: string | undefined): number {
  if (corosync_conf === undefined) return Infinity;
  try {
    return realTokenMs(parseCorosyncConf(corosync_conf, 'corosync.conf'));
  } catch (error) {
    if (error instanceof InputError) return Infinity;
    throw error;
  }
}
