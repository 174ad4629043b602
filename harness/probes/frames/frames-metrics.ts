import { type MetricDeclarations, metric } from '../../journal/metric.ts';
import { HELD_BACK_METRICS } from '../held-back-metrics.ts';
import { clientsCutOff, OUTAGE_COUNTS } from '../outage-metrics.ts';
import { partialLossMetrics } from '../partial-loss.ts';

const { outage, error, count, duration, ratio } = metric;

/** What a probe of frames measures. */
export const FRAME_METRICS: MetricDeclarations = {
  outage_ms: clientsCutOff('longest time without service between fault and healing'),
  outage_error_ms: error('how far the outage can be off, either way', { until_healing: true }),
  new_outage_ms: outage(
    'the same of frames from MAC addresses that were never used before; absent without them',
    {
      error: 'new_outage_error_ms',
      sentence: 'New flows were cut off',
      until_healing: true,
    },
  ),
  new_outage_error_ms: error('how far that can be off, either way', { until_healing: true }),
  ...HELD_BACK_METRICS,
  ...OUTAGE_COUNTS,
  ...partialLossMetrics('frames'),
  lost: count('frames that did not arrive in time, whole trial'),
  sent: count('frames sent, whole trial', { part: { of: 'lost', words: 'frames lost' } }),
  new_lost: count('of the frames from new MAC addresses: lost, whole trial'),
  new_loss_ratio: ratio(
    'share of the frames from new MAC addresses sent between fault and healing that was lost',
    {
      until_healing: true,
    },
  ),
  new_sent: count('frames from new MAC addresses sent, whole trial', { reported: 'journal' }),
  late: count('frames that arrived too late, whole trial: they count as lost'),
  duplicated: count('copies beyond the first that arrived, whole trial: a loop makes them'),
  reordered: count('frames that arrived behind one that was sent later (RFC 4737)', { reported: 'journal' }),
  returned: count('frames that came back in where they were sent, whole trial: a loop makes them'),
  leaked: count('frames that a node received that must receive none, whole trial; absent without intruders'),
  send_jitter_ms: duration(
    'how late the next frame left, 99th percentile: what the machine did to the schedule',
    {
      reported: 'journal',
    },
  ),
};
