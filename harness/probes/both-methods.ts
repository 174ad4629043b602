import type { Outage } from '../outage/outage.ts';
import { methodsDisagree, partlyServed } from '../outage/two-methods.ts';
import type { ProbeFindings } from './probe.ts';

/** What comparing lengths by timestamps and by loss says of outages. */
export type BothMethods = Required<Pick<ProbeFindings, 'doubts' | 'notes' | 'shorter_ms'>>;

/**
 * Compares every outage's length by timestamps with that by loss (RFC 6412 §4).
 * @param who whose outages they are, for people: "udp", "flows: new flows".
 * @param measure the one that is the length of the longest of them.
 * @param places of the schedule by which the count of lost requests may be off.
 */
export function byBothMethods(
  who: string,
  measure: string,
  outages: readonly Outage[],
  interval_ms: number,
  places = 1,
): BothMethods {
  const partly = outages.flatMap((outage) => {
    const found = partlyServed(outage, interval_ms, places);
    return found ? [{ ...found, outage, shorter_ms: outage.outage_ms - found.least_ms }] : [];
  });
  const longest = partly.toSorted((a, b) => b.outage.outage_ms - a.outage.outage_ms)[0];
  const shorter_ms = partly.reduce((sum, one) => sum + one.shorter_ms, 0);
  return {
    doubts: outages.flatMap((outage) => {
      const doubt = methodsDisagree(outage, interval_ms, places);
      return doubt ? [`${who}: ${doubt}`] : [];
    }),
    notes: longest ? [`${who}: ${longest.words}${likewise(partly.length - 1)}`] : [],
    shorter_ms: shorter_ms > 0 ? { [measure]: shorter_ms } : {},
  };
}

function likewise(others: number): string {
  if (others === 0) return '';
  return `, and so were some in ${others} shorter ${others === 1 ? 'one' : 'ones'}`;
}
