import { type LabTime, NS_PER_MS } from '../ground/time.ts';
import type { RequestTable } from './request-table.ts';

/**
 * The share of the requests sent in [from_ns, to_ns) that were not answered within `late_ms`: 0 to 1, outages among it.
 * @returns undefined when none was sent then.
 */
export function lossWithin(
  requests: RequestTable,
  late_ms: number,
  from_ns: LabTime,
  to_ns: LabTime,
): number | undefined {
  let [sent, lost] = [0, 0];
  for (let at = 0; at < requests.length; at += 1) {
    if (requests.sent_ns[at]! < from_ns || requests.sent_ns[at]! >= to_ns) continue;
    sent += 1;
    if (!requests.answeredWithin(at, late_ms * NS_PER_MS)) lost += 1;
  }
  return sent === 0 ? undefined : lost / sent;
}
