import { seconds } from '../../../ground/bound-arithmetic.ts';
import type { ForeseenFault, ForeseenFindings } from '../../foreseen.ts';
import type { Cause } from '../../system-analysis.ts';
import { vipsOf } from '../config/cib.ts';
import type { ClusterFiles } from '../config/load-clusters.ts';
import { type ClusterBounds, nodeLost } from './cluster-bounds.ts';
import { asVirtualRouter } from './clusters.ts';

const NO_ACTIONS = { stop_ms: 0, start_ms: 0 };
const LATER = 'it depends on what happens in a trial';

/** When a cluster notices that it has lost a member; what its agents need is not in any file. */
export function foreseeLoss(
  clusters: readonly ClusterFiles[],
  { target, departure }: Pick<ForeseenFault, 'target' | 'departure'>,
): ForeseenFindings {
  if (clusters.length === 0) return { bounds: {}, missing_bounds: {}, causes: [] };
  const corosync = clusters.flatMap(({ members }) => members.flatMap(({ text }) => text.corosync ?? []))[0];
  const loses_member = departure === 'abrupt' && target.kind !== 'process';
  const found = loses_member && corosync !== undefined ? nodeLost(corosync, NO_ACTIONS) : { missing: {} };
  return findingsOf(found, clusters);
}

function findingsOf(found: ClusterBounds, clusters: readonly ClusterFiles[]): ForeseenFindings {
  const { detection, missing } = found;
  const takeover = whyNoTakeover(found);
  const why = { takeover_ms: takeover, ...(detection ? {} : { detection_ms: missing.detection ?? LATER }) };
  const addresses = new Set(
    clusters.flatMap(({ members }) =>
      members.flatMap(({ cib }) => (cib ? vipsOf(cib).map(({ ip }) => ip) : [])),
    ),
  );
  const causes: Cause[] = [
    { reaches: { kind: 'addresses', addresses }, missing: takeover },
    { reaches: { kind: 'behind' }, missing: takeover },
  ];
  return {
    bounds: asVirtualRouter(detection ? { detection_ms: detection } : {}),
    missing_bounds: asVirtualRouter(why),
    causes,
  };
}

function whyNoTakeover({ detection, missing }: ClusterBounds): string {
  if (!detection) return missing.takeover ?? LATER;
  const { low, high, from } = detection;
  return (
    `the cluster notices within ${seconds(low)} to ${seconds(high)} (${from}); ` +
    'what the resource agents need comes on top, and is measured in a trial'
  );
}
