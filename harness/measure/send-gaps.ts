import { type LabTime, msFromNs } from '../ground/time.ts';
import type { UdpProbeRecord } from './udp-outage.ts';

/**
 * How much longer than its interval the probe's longest pause between two requests was, in ms, among the
 * requests sent in [from_ns, to_ns): a probe that the machine did not let run sees nothing meanwhile.
 */
export function longestSendGapMs(
  records: readonly UdpProbeRecord[],
  interval_ms: number,
  from_ns: LabTime,
  to_ns: LabTime,
): number {
  let longest = 0;
  let previous: LabTime | undefined;
  for (const { sent_ns } of records) {
    if (sent_ns < from_ns) continue;
    if (sent_ns >= to_ns) break;
    if (previous !== undefined) longest = Math.max(longest, msFromNs(sent_ns - previous) - interval_ms);
    previous = sent_ns;
  }
  return longest;
}
