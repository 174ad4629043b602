import type { LabTime } from '../ground/time.ts';
import type { Bound } from '../journal/journal.ts';
import type { FaultFacts, TrialFacts, TrialWindows } from '../journal/trial-facts.ts';
import type { Outage } from '../measure/outage.ts';
import type { ProbeResult } from './probe-results.ts';
import { type RouterFindings, routerFindings, routerMetrics } from './virtual-router.ts';
import type { Wire } from './wire.ts';

/** One fault of a trial, and the time until the next one was applied or mending began. */
export interface FaultSpan {
  fault: FaultFacts;
  /** 1 for the first. */
  number: number;
  windows: TrialWindows;
}

/** Every fault with its own stretch of the trial, in order. */
export function faultSpans(
  { fault, later_faults = [] }: Pick<TrialFacts, 'fault' | 'later_faults'>,
  windows: TrialWindows,
): FaultSpan[] {
  const all = fault ? [fault, ...later_faults] : [];
  return all.map((one, at) => {
    const until_ns = Math.min(
      all[at + 1]?.before_ns ?? Infinity,
      one.mended?.from_ns ?? Infinity,
      windows.heal_ns,
    );
    const fault_ns = at === 0 ? windows.fault_ns : one.after_ns;
    return {
      fault: one,
      number: at + 1,
      windows: { ...windows, fault_ns, heal_ns: Math.max(fault_ns, until_ns) },
    };
  });
}

/** What the faults after the first did, under `faultN.` before the metrics' own names. */
export interface LaterFindings {
  metrics: Record<string, number>;
  bounds: Record<string, Bound>;
  routers: { span: FaultSpan; found: RouterFindings[] }[];
}

/** Each later fault by itself: who owned what when it was applied, how long the takeover took, what clients felt. */
export function laterFindings(
  facts: TrialFacts,
  spans: readonly FaultSpan[],
  wire: Wire,
  probes: readonly ProbeResult[],
): LaterFindings {
  const all: LaterFindings = { metrics: {}, bounds: {}, routers: [] };
  for (const span of spans.slice(1)) {
    const { fault, number, windows } = span;
    const found = facts.routers.map(({ owner: _, ...router }) => {
      const owner = fault.owners?.[router.name];
      const before = { ...router, ...(owner === undefined ? {} : { owner }) };
      return routerFindings(before, { address_events: facts.address_events, fault }, wire, windows);
    });
    all.routers.push({ span, found });
    const slowest = slowestOf(found);
    const own = slowest ? vipOnly(routerMetrics(slowest, windows)) : {};
    const felt = Object.fromEntries(
      probes.flatMap(({ probe, kind, findings }) =>
        kind.on_link || !('outage_ms' in findings.metrics)
          ? []
          : [[`${probe.name}.outage_ms`, longestFrom(findings.outages, windows.fault_ns, windows.heal_ns)]],
      ),
    );
    const takeover = slowest?.bounds['vip.takeover_ms'];
    const bounds = {
      ...slowest?.bounds,
      ...(fault.stops_forwarding && takeover
        ? Object.fromEntries(Object.keys(felt).map((metric) => [metric, takeover]))
        : {}),
    };
    for (const [metric, value] of Object.entries({ ...own, ...felt }))
      all.metrics[`fault${number}.${metric}`] = value;
    for (const [metric, bound] of Object.entries(bounds)) all.bounds[`fault${number}.${metric}`] = bound;
  }
  return all;
}

/** Of several virtual routers the one that took longest speaks for all. */
function slowestOf(found: readonly RouterFindings[]): RouterFindings | undefined {
  const end = ({ forwarded_ns, address_ns }: RouterFindings) => forwarded_ns ?? address_ns ?? 0;
  return found.toSorted((a, b) => end(b) - end(a))[0];
}

function vipOnly(metrics: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(metrics).filter(([metric]) => metric.startsWith('vip.')));
}

/** The longest outage that began within a fault's stretch, in ms; 0 when none did. */
function longestFrom(outages: readonly Outage[], from_ns: LabTime, until_ns: LabTime): number {
  return outages
    .filter(({ start_ns }) => start_ns < until_ns && start_ns >= from_ns - LEAD_NS)
    .reduce((most, { outage_ms }) => Math.max(most, outage_ms), 0);
}

/** An outage begins in the middle between the last answer and the first that is missing: perhaps before its fault. */
const LEAD_NS = 10_000_000;
