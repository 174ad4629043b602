import { z } from 'zod';
import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import { defined } from '../../../ground/defined.ts';
import { msFromNs } from '../../../ground/time.ts';
import type { TrialWindows } from '../../../journal/trial-facts.ts';
import type { ClientFindings } from '../../system-analysis.ts';
import { mustMove } from './router-parts.ts';
import { type Split, splitShape } from './split.ts';
import { takenOver } from './taken-over.ts';
import { clientsOf } from './untouched.ts';
import { type RouterFindings, routerMetrics } from './virtual-router.ts';

const number = z.number().exactOptional();

/** What one fault did to one of several virtual routers: a row of the journal, under `systems.vrrp` of a trial. */
export const routerRowShape = z.object({
  router: z.string(),
  /** 1 for the first. */
  fault: z.int(),
  /** Whether the fault took part of its owner; absent where that is not known. */
  touched: z.boolean().exactOptional(),
  from: z.string().exactOptional(),
  /** Absent where it did not move. */
  to: z.string().exactOptional(),
  /** Last advertisement of the old master to the fault. */
  phase_ms: number,
  detection_ms: number,
  takeover_ms: number,
  takeover_by: z.enum(['packet', 'garp']).exactOptional(),
  /** Why the takeover is not known, of a router that should have moved. */
  unknown: z.string().exactOptional(),
  allowed: z.object({ low: z.number(), high: z.number(), from: z.string() }).exactOptional(),
  missing_bound: z.string().exactOptional(),
  owners_max: z.int(),
  two_owners_ms: number,
  /** The probes that were seen to ask through it. */
  probes: z.array(z.string()),
  /** The longest outage of these after this fault. */
  outage_ms: number,
  /** Of the whole trial, of the first fault's row alone. */
  lost: number,
  sessions: number,
  survived: number,
  /** Of the first fault's row: that it had two owners at once. */
  split: splitShape.exactOptional(),
});
export type RouterRow = z.infer<typeof routerRowShape>;

/**
 * What each of several routers did.
 * @param windows of the whole trial with the first fault, of its own stretch with a later one.
 */
export function routerRows(
  found: readonly RouterFindings[],
  span: FaultSpan,
  windows: TrialWindows,
  clients: readonly ClientFindings[],
  splits: readonly (Split | undefined)[] = [],
): RouterRow[] {
  return found.map((one, at) => {
    const split = splits[at];
    return { ...rowOf(one, span, windows, clientsOf(one, found, clients)), ...(split ? { split } : {}) };
  });
}

function rowOf(
  one: RouterFindings,
  span: FaultSpan,
  windows: TrialWindows,
  clients: readonly ClientFindings[],
): RouterRow {
  const { router, timeline, bounds, missing_bounds } = one;
  const { number: fault } = span;
  const metrics = routerMetrics(one, windows);
  const taken = takenOver(one);
  const bound = bounds['vip.takeover_ms'];
  const moves = mustMove(one, span);
  const missing_bound = bound || !moves ? undefined : missing_bounds['vip.takeover_ms'];
  const sum = (measure: string) => {
    const values = clients.flatMap(({ metrics: of }) => of[measure] ?? []);
    return fault > 1 || values.length === 0 ? undefined : values.reduce((total, value) => total + value, 0);
  };
  const outages = clients.flatMap(({ outages_ms }) => outages_ms[fault - 1] ?? []);
  return {
    ...{ router: router.name, fault, owners_max: one.owners_max, probes: clients.map(({ probe }) => probe) },
    ...(defined<unknown>({
      touched: one.touched,
      from: router.owner,
      to: one.new_owner,
      phase_ms: moves ? metrics['vip.fault_phase_ms'] : undefined,
      detection_ms: moves ? timeline.detection_ms : undefined,
      takeover_ms: taken.at_ns === undefined ? undefined : msFromNs(taken.at_ns - windows.fault_ns),
      takeover_by: taken.by,
      unknown: moves ? taken.why : undefined,
      allowed: moves && bound ? { low: bound.low, high: bound.high, from: bound.from } : undefined,
      missing_bound,
      two_owners_ms: metrics['vip.two_owners_ms'] || undefined,
      outage_ms: outages.length > 0 ? Math.max(...outages) : undefined,
      lost: sum('lost'),
      sessions: sum('sessions'),
      survived: sum('survived'),
    }) as Partial<RouterRow>),
  };
}
