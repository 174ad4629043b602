import { type MetricDeclarations, metric } from '../../journal/metric.ts';

const { duration, count } = metric;

/** For topologies with routers that a scheduler places. */
export const L3_METRICS: MetricDeclarations = {
  'l3.rescheduled': count('replicas of routers that were taken from a dead host and started on another'),
  'l3.nowhere_to_go': count('replicas that no other host could take'),
  'l3.reschedule_ms': duration('fault to the last of them being given to another host', {
    until_healing: true,
  }),
  'l3.redundancy_ms': duration(
    'fault to the last of these routers having its standbys in place again, with its sessions',
    { until_healing: true },
  ),
  'l3.created': count('routers that were asked for and created'),
  'l3.refused': count('routers that were asked for and refused, as HANotEnoughAvailableAgents'),
  'l3.created_replicas': count('replicas that the created routers were given'),
  'l3.created_ms': duration(
    'request for a router to the first node having its address; of several the longest',
    {
      until_healing: true,
    },
  ),
  'l3.created_redundant_ms': duration(
    'request for a router to its standbys being in place; of several the longest',
    { until_healing: true },
  ),
  'l3.without_standby': count('created routers without a standby in place right before healing', {
    until_healing: true,
  }),
  'l3.deleted': count('routers that were deleted'),
  'l3.deleted_ms': duration(
    'request to delete a router to no node having its address any more; of several the longest',
    { until_healing: true },
  ),
  'l3.left_behind': count('places that ran a deleted router, or had its address, right before healing', {
    until_healing: true,
  }),
  'l3.exposure_ms': duration(
    'for how long a second fault would have ended a router, or its sessions: fault to its standbys being in place again, after healing at the latest; of several the longest',
  ),
};
