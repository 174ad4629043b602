import { type MetricDeclarations, metric } from '../../journal/metric.ts';
import { HELD_BACK_METRICS } from '../held-back-metrics.ts';
import { clientsCutOff, OUTAGE_COUNTS } from '../outage-metrics.ts';
import { partialLossMetrics } from '../partial-loss.ts';

const { witness, duration, error, ratio, count, flag } = metric;

const COUNT = { reported: 'journal' } as const;
const WAY = { to_server: 'to the server', to_client: 'back to the client' } as const;

/** Of each way by itself: absent in records of before the server made any. */
const ONE_WAY: MetricDeclarations = Object.fromEntries(
  Object.entries(WAY).flatMap(([way, words]): [string, MetricDeclarations[string]][] => [
    [
      `${way}_outage_ms`,
      duration(`longest time in which nothing came through ${words}, between fault and healing`, {
        until_healing: true,
        error: `${way}_outage_error_ms`,
      }),
    ],
    [`${way}_outage_error_ms`, error('how far that can be off, either way', { until_healing: true })],
    [`${way}_lost`, count(`datagrams that were sent ${words} and never arrived, whole trial`, COUNT)],
    [`${way}_duplicated`, count(`copies beyond the first that arrived on the way ${words}`, COUNT)],
    [
      `${way}_reordered`,
      count(`datagrams that arrived on the way ${words} behind one that was sent later (RFC 4737)`, COUNT),
    ],
  ]),
);

/** What a UDP probe measures. */
export const UDP_METRICS: MetricDeclarations = {
  outage_ms: clientsCutOff('longest time without service between fault and healing'),
  outage_error_ms: error('how far the outage can be off, either way', { until_healing: true }),
  wire_outage_ms: witness(
    'the same as the wire alone shows it, from captures; absent where the requests did not come by',
    { from_captures: true, until_healing: true, error: 'wire_outage_error_ms' },
  ),
  wire_outage_error_ms: error('how far that can be off, either way', {
    from_captures: true,
    until_healing: true,
  }),
  ...OUTAGE_COUNTS,
  lost: count('datagrams never answered in time, whole trial'),
  sent: count('datagrams sent, whole trial', { part: { of: 'lost', words: 'datagrams lost' } }),
  yardstick_outage_ms: duration("what OPNFV Yardstick's formula and sampling make of the same outage", {
    reported: 'yardsticks',
  }),
  neutron_pings_lost: count(
    'pings lost of one every 0.1 s, as the fullstack tests of OpenStack Neutron count them',
    { reported: 'yardsticks' },
  ),
  tl9000_outage: flag('1 when TL 9000 counts it as an outage (15 s or more), else 0', {
    reported: 'yardsticks',
  }),
  loss_ratio: ratio('share of the datagrams lost outside of outages, whole trial'),
  ...partialLossMetrics('datagrams'),
  ...HELD_BACK_METRICS,
  ...ONE_WAY,
  late_answers: count('datagrams whose answer came too late, whole trial: lost, on neither way', COUNT),
  ways_error: count(
    'requests whose records at both ends contradict each other: so far each count of one way can be off',
    COUNT,
  ),
  send_jitter_ms: duration(
    'how late the next datagram left, 99th percentile: what the machine did to the schedule',
    { reported: 'journal' },
  ),
};
