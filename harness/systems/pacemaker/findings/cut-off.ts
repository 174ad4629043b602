import type { Bound } from '../../../journal/journal.ts';
import type { FaultFacts } from '../../../journal/trial-facts.ts';
import { type Cib, vipsOf } from '../config/cib.ts';
import type { ClusterBounds } from './cluster-bounds.ts';
import type { ClusterCause } from './cluster-events.ts';
import type { Fencing } from './fencing-rounds.ts';

/** Whether clients were cut off, and for how long where that is not the takeover as it is bounded from the fault on. */
export interface CutOff {
  cuts_off: boolean;
  /** Or why that is not known. */
  cut_off?: Bound | string;
}

/** Whether clients were cut off by the fault, or by the fencing of a member that went on serving until then. */
export function cutOffOf(
  cause: ClusterCause | undefined,
  fault: FaultFacts,
  {
    cib,
    bounds: { after_power },
    fencings,
  }: { cib: Cib | undefined; bounds: ClusterBounds; fencings: readonly Fencing[] },
): CutOff {
  if (cause?.kind === 'monitor-failed') return { cuts_off: true };
  if (cause?.kind !== 'node-lost') return { cuts_off: false };
  const { node } = cause.event;
  if (fault.stops_forwarding) return { cuts_off: true };
  const interfaces = fault.cuts?.filter((cut) => cut.node === node).map((cut) => cut.interface) ?? [];
  const nics = cib ? vipsOf(cib).map(({ nic }) => nic) : [undefined];
  if (nics.some((nic) => nic !== undefined && interfaces.includes(nic))) return { cuts_off: true };
  const fenced = fencings.some(({ target, off_ns }) => target === node && off_ns !== undefined);
  if (!fenced) return { cuts_off: false };
  // A process of the cluster's own, or wires that do not lead to clients: what the member ran went on.
  const serves = fault.loss?.kind === 'process' || fault.signal !== undefined || fault.cuts !== undefined;
  if (serves && !(interfaces.length > 0 && nics.includes(undefined)))
    return { cuts_off: true, ...(after_power ? { cut_off: after_power } : {}) };
  return {
    cuts_off: true,
    cut_off: `whether the fault or its fencing cut clients off from ${node} is not followed`,
  };
}
