import { type MetricDeclarations, metric } from '../../journal/metric.ts';

const { duration, count, ratio } = metric;

/** For topologies with DHCP agents. */
export const DHCP_METRICS: MetricDeclarations = {
  'dhcp.own_leases_written_ratio': ratio(
    'before the fault: of the leases that a server granted, those that its own lease table has',
    { from_captures: true },
  ),
  'dhcp.others_leases_written_ratio': ratio(
    "before the fault: of the leases that another server granted, those that a server's table has as granted",
    { from_captures: true },
  ),
  'dhcp.others_leases_initial_ratio': ratio(
    'before the fault: of the same, those of which it has the line that was there when it started',
    { from_captures: true },
  ),
  'dhcp.rescheduled': count('networks that were taken from a dead agent and given to another host'),
  'dhcp.nowhere_to_go': count('networks that no other host could take'),
  'dhcp.reschedule_ms': duration('fault to the last of them being given to another host'),
  'dhcp.reschedule_offer_ms': duration('fault to the first OFFER of the last of the new servers', {
    from_captures: true,
  }),
};
