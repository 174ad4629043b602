import { type MetricDeclarations, metric } from '../journal/metric.ts';
import type { HeldBack } from '../outage/held-back.ts';

const IN_JOURNAL = { reported: 'journal' } as const;

/** Of probes on a schedule: the outage by send time, beside the one that counts what comes late as lost. */
export const HELD_BACK_METRICS: MetricDeclarations = {
  send_outage_ms: metric.duration(
    'longest time between fault and healing in which nothing that was sent was served at once: lost, or held back and delivered later',
    { until_healing: true, error: 'send_outage_error_ms', ...IN_JOURNAL },
  ),
  send_outage_error_ms: metric.error('how far that can be off, either way', { until_healing: true }),
  send_outage_late: metric.count('of what was sent in that time: served later', IN_JOURNAL),
  send_outage_lost: metric.count('of what was sent in that time: never served', {
    until_healing: true,
    ...IN_JOURNAL,
  }),
  longest_delay_ms: metric.duration('the longest that one of those served later was under way', IN_JOURNAL),
};

/** The values of these. */
export function heldBackMetrics(held: HeldBack): Record<string, number> {
  return {
    send_outage_ms: held.outage_ms,
    send_outage_error_ms: held.outage_error_ms,
    send_outage_late: held.delayed,
    send_outage_lost: held.dropped,
    longest_delay_ms: held.longest_delay_ms,
  };
}
