import { type MetricDeclarations, metric } from '../../journal/metric.ts';

const { count, duration } = metric;

/** For topologies with routers that spread an address. */
export const ECMP_METRICS: MetricDeclarations = {
  'ecmp.withdrawn_ms': duration(
    'fault to the kernel of the router having no route to those that it took, of several routers the longest; absent where it keeps one until healing',
    { per_fault: true, until_healing: true },
  ),
  'ecmp.next_hops': count(
    "next hops that the router's route to the address has when healing begins, of several the fewest",
  ),
  'ecmp.flows': count(
    'TCP connections to the address that lasted at the fault, at nodes that it did not take',
    { from_captures: true },
  ),
  'ecmp.rehashed': count(
    'of these, those whose packets went to another node before healing: nobody knows them there',
    { from_captures: true },
  ),
  'ecmp.rehashed_by_return': count(
    'TCP connections to the address that lasted when healing began, at nodes that no fault took, and whose packets went to another node after it',
    { from_captures: true, after_healing: true },
  ),
};
