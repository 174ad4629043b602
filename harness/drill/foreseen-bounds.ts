import { causeFor } from '../analysis/causes.ts';
import { faultKind } from '../faults/registry.ts';
import type { Bound } from '../journal/journal.ts';
import { parseMetricName } from '../journal/metric-name.ts';
import { probes } from '../probes/registry.ts';
import type { ForeseenFault } from '../systems/foreseen.ts';
import type { LoadedSystems } from '../systems/load-systems.ts';
import { parseTarget } from '../systems/roles.ts';
import type { Cause } from '../systems/system-analysis.ts';
import { systemsIn } from '../systems/systems-in.ts';
import type { Topology } from '../topology/topology.ts';
import type { Drill } from './drill.ts';

/** What is allowed for the metrics that a drill expects `within_bound`, by the files alone. */
export interface ForeseenBounds {
  bounds: Record<string, Bound>;
  /** Metric to the reason why its bound is not known before a lab runs. */
  missing_bounds: Record<string, string>;
}

const DRAWN = 'the seed draws the faults of each trial';
const LATER = 'it depends on what happens in a trial';

/** Computes them; what the files do not say is named, nothing is thrown for it. */
export function foreseenBounds(drill: Drill, topology: Topology, loaded: LoadedSystems): ForeseenBounds {
  const found: ForeseenBounds = { bounds: {}, missing_bounds: {} };
  const wanted = drill.expect.filter(({ op }) => op === 'within_bound').map(({ metric }) => metric);
  if (wanted.length === 0) return found;
  if (drill.random && drill.faults.length > 1)
    return { bounds: {}, missing_bounds: Object.fromEntries(wanted.map((metric) => [metric, DRAWN])) };
  const known = foreseenBySystems(faultOf(drill), topology, loaded);
  for (const metric of new Set(wanted)) {
    const bound =
      known.bounds[metric] ??
      known.missing_bounds[metric] ??
      probeBound(metric, drill, known.causes) ??
      LATER;
    if (typeof bound === 'string') found.missing_bounds[metric] = bound;
    else found.bounds[metric] = bound;
  }
  return found;
}

/** The first fault: to it the bounds of the protocols belong. */
function faultOf({ faults }: Drill): ForeseenFault {
  const { kind, target: text, options } = faults[0]!;
  const target = parseTarget(text);
  const foreseen = faultKind(kind).foresee?.(target, options);
  return {
    what: `${kind} of ${text}`,
    target,
    departure: foreseen?.departure,
    stops_forwarding: foreseen?.stops_forwarding ?? false,
    ...(foreseen?.signal === undefined ? {} : { signal: foreseen.signal }),
    ...(foreseen?.down_ms === undefined ? {} : { down_ms: foreseen.down_ms }),
  };
}

/** Of what one system gives in place of another, the other's own counts. */
function foreseenBySystems(
  fault: ForeseenFault,
  topology: Topology,
  loaded: LoadedSystems,
): ForeseenBounds & { causes: Cause[] } {
  const all: ForeseenBounds & { causes: Cause[] } = { bounds: {}, missing_bounds: {}, causes: [] };
  for (const { system, gives } of systemsIn((one) => one.isIn(topology))) {
    const own = system.foresee?.(loaded.of(system), topology, fault);
    Object.assign(all.bounds, gives(own?.bounds));
    Object.assign(all.missing_bounds, gives(own?.missing_bounds));
    all.causes.push(...(own?.causes ?? []));
  }
  return all;
}

/** undefined for what is no probe's, or has no bound that follows from a fault. */
function probeBound(metric: string, drill: Drill, causes: readonly Cause[]): Bound | string | undefined {
  const { fault, subject, measure } = parseMetricName(metric);
  const probe = drill.probes.find(({ name }) => name === subject);
  if (!probe || fault !== undefined) return undefined;
  const kind = probes.need(probe.kind);
  const options = probe.options as never;
  const own = kind.foreseen?.(options)[measure];
  if (own) return own;
  return kind.bounds?.(options, { ...causeFor(causes, kind, options), outage_ms: undefined }, {})[measure];
}
