import type { MetricDeclarations } from '../journal/metric.ts';
import type { Topology } from '../topology/topology.ts';

/** One kind of system under test. */
export interface System {
  readonly name: string;
  /** Every metric that it can give, by full name. */
  readonly metrics: MetricDeclarations;
  /** Metrics of another system that it gives where that one is absent: full names. */
  readonly stands_in_for?: readonly string[];
  /** What its metrics need: completes "this metric needs …" and says how a topology shows that it has none. */
  readonly needs: string;
  /** Whether a topology has one. */
  isIn(topology: Topology): boolean;
}
