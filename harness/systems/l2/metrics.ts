import { type MetricDeclarations, metric } from '../../journal/metric.ts';

const { duration, count } = metric;

/** For topologies with switches. */
export const L2_METRICS: MetricDeclarations = {
  'l2.pairs_cut': count(
    'pairs of nodes with a probe between them that were without service for more than 0.1 s between fault and healing, also where the outage is shorter by all of its error: the blast radius',
  ),
  'l2.pairs': count('pairs of nodes with a probe between them', { reported: 'journal' }),
  'l2.wired_ms': duration(
    "a port being plugged in to its having its network's tag from the agent, or being on its bridge; of several the longest, absent where one has none",
  ),
  'l2.unwired': count(
    'ports of machines that had no tag, the tag of dead ports, no place in the datapath, or were on no bridge of the kernel when healing was about to begin',
  ),
  'l2.flows_missing': count('flows of before the fault that a switch lacked when healing was about to begin'),
  'l2.leaked': count('frames that came to a machine of another network (VLAN), whole trial', {
    from_captures: true,
  }),
  'l2.looped': count('frames of probes that came by a wire of a switch again, whole trial', {
    from_captures: true,
  }),
};
