import type { FaultSpan } from '../../../evidence/fault-spans.ts';
import type { MetricPart } from '../../../journal/journal.ts';
import type { TrialWindows } from '../../../journal/trial-facts.ts';
import type { SystemFindings } from '../../system-analysis.ts';
import { takenOver } from './taken-over.ts';
import { slowestRouter } from './takeover.ts';
import { type RouterFindings, routerMetrics } from './virtual-router.ts';

type OfRouters = Required<Pick<SystemFindings, 'metrics' | 'bounds' | 'missing_bounds' | 'missing_metrics'>> &
  Pick<SystemFindings, 'parts'>;

/** Steps of a takeover that the protocol bounds: only routers that move have them. */
const STEPS = ['vip.detection_ms', 'vip.address_ms', 'vip.takeover_ms'] as const;
const TAKEOVER = 'vip.takeover_ms';
/** Of these every router counts, whether or not it moved. */
const OF_ALL = [
  'vip.owners_max',
  'vip.owners_left',
  'vip.two_owners_ms',
  'rejoin.two_owners_ms',
  'rejoin.failback_ms',
];

/**
 * Whether a router has a takeover that counts: its address moved, or the fault takes its owner so that it must.
 * Where the victims were not noted that is asked of every router.
 */
export function mustMove(found: RouterFindings, span: FaultSpan): boolean {
  const { new_owner, touched, fault = span.fault } = found;
  if (new_owner !== undefined) return true;
  return touched !== false && (fault.departure !== undefined || fault.stops_forwarding);
}

/**
 * The `vip.*` metrics of all virtual routers of a trial. Of several that move each step is that of the one that took
 * longest over it, and each is in `parts` with its own bound. A router whose takeover is not known makes the whole a
 * lower bound, with its name.
 * @param found one at least.
 */
export function ofRouters(
  found: readonly RouterFindings[],
  span: FaultSpan,
  windows: TrialWindows,
): OfRouters {
  const slowest = slowestRouter(found)!;
  const { bounds, missing_bounds } = slowest;
  const own = { metrics: routerMetrics(slowest, windows), bounds, missing_bounds, missing_metrics: {} };
  if (found.length < 2) return own;
  const each = found.map((one) => ({ found: one, metrics: routerMetrics(one, windows) }));
  const moving = each.filter((one) => mustMove(one.found, span));
  const parts = Object.fromEntries(
    STEPS.map((metric) => [metric, moving.map((one) => partOf(one, metric))] as const).filter(
      ([, list]) => list.length > 0,
    ),
  );
  const counts = Object.fromEntries(
    OF_ALL.flatMap((metric) => {
      const values = each.flatMap(({ metrics }) => metrics[metric] ?? []);
      return values.length > 0 ? [[metric, Math.max(...values)] as const] : [];
    }),
  );
  return withParts({ ...own, metrics: { ...own.metrics, ...counts } }, parts);
}

function partOf(
  { found, metrics }: { found: RouterFindings; metrics: Readonly<Record<string, number>> },
  metric: string,
): MetricPart {
  const of = found.router.name;
  const value = metrics[metric];
  const bound = found.bounds[metric];
  const unbounded = found.missing_bounds[metric];
  if (value !== undefined) {
    return { of, value, ...(bound ? { bound } : unbounded === undefined ? {} : { missing: unbounded }) };
  }
  const missing = metric === TAKEOVER ? takenOver(found).why : unbounded;
  return { of, ...(bound ? { bound } : {}), missing: missing ?? 'it was not seen' };
}

/** Each step with the value, and the bound, of the part that has the most. */
function withParts(own: OfRouters, parts: Readonly<Record<string, readonly MetricPart[]>>): OfRouters {
  const [metrics, bounds] = [{ ...own.metrics }, { ...own.bounds }];
  const [missing_bounds, missing_metrics]: Record<string, string>[] = [{ ...own.missing_bounds }, {}];
  for (const [metric, list] of Object.entries(parts)) {
    const known = list.filter(({ value }) => value !== undefined);
    const most = known.toSorted((a, b) => b.value! - a.value!)[0];
    for (const all of [metrics, bounds, missing_bounds!]) delete all[metric];
    if (!most) {
      missing_metrics![metric] = list.map(({ of, missing }) => `router '${of}': ${missing}`).join('; ');
      continue;
    }
    metrics[metric] = most.value!;
    if (most.bound) bounds[metric] = most.bound;
    else if (most.missing !== undefined) missing_bounds![metric] = `router '${most.of}': ${most.missing}`;
  }
  return {
    metrics,
    bounds,
    missing_bounds: missing_bounds!,
    missing_metrics: missing_metrics!,
    parts,
  };
}
