import { type LabTime, msFromNs, NS_PER_MS } from '../ground/time.ts';
import { primaryOutage, requestOutages, splitAtHealing } from './request-outages.ts';
import type { RequestTable } from './request-table.ts';

/** An answer that takes longer was held back somewhere: in a lab it takes less than 1 ms. */
const PROMPT_MS = 20;

/** The longest time in which what was sent was not served at once: lost, or held back and delivered later. */
export interface HeldBack {
  /** By send time; 0 when no such time was seen. */
  outage_ms: number;
  outage_error_ms: number;
  /** Of the requests that were sent in it: answered, but not at once. */
  delayed: number;
  /** Of the requests that were sent in it: never answered. */
  dropped: number;
  /** The longest that one of the delayed was under way; 0 without any. */
  longest_delay_ms: number;
}

/**
 * The outage by send time, between fault and healing. A path that hangs holds requests back and delivers them when it
 * goes on: to who counts losses there was no outage, to who waits there was one. This one is as long as the hang.
 * @param interval_ms the schedule.
 * @throws UnknownError when nothing was sent between fault and healing.
 */
export function heldBack(
  requests: RequestTable,
  interval_ms: number,
  { fault_ns, heal_ns }: { fault_ns: LabTime; heal_ns: LabTime },
): HeldBack {
  const prompt_ms = Math.max(PROMPT_MS, 2 * interval_ms);
  const found = splitAtHealing(requestOutages(requests, { interval_ms, late_ms: prompt_ms }), heal_ns).fault;
  const { outage, outage_ms, outage_error_ms } = primaryOutage(found, fault_ns, heal_ns);
  let [delayed, dropped, longest_ns] = [0, 0, 0];
  // Its ends lie between two requests each: one that was served at once is outside, or not counted.
  const margin_ns = outage_error_ms * NS_PER_MS;
  for (let at = 0; outage && at < requests.length; at += 1) {
    const sent_ns = requests.sent_ns[at]!;
    const within = sent_ns >= outage.start_ns - margin_ns && sent_ns <= outage.end_ns + margin_ns;
    if (!within || requests.answeredWithin(at, prompt_ms * NS_PER_MS)) continue;
    const took_ns = requests.received_ns[at]! - sent_ns;
    if (Number.isNaN(took_ns)) dropped += 1;
    else delayed += 1;
    if (took_ns > longest_ns) longest_ns = took_ns;
  }
  return { outage_ms, outage_error_ms, delayed, dropped, longest_delay_ms: msFromNs(longest_ns) };
}

/**
 * "q: held back, not only lost: by send time the outage is 2.000 s ± 5 ms; of the 400 datagrams sent in it 256 were answered
 * later, after up to 2.00 s, and 144 never". Nothing where nothing was held back.
 */
export function heldBackNote(name: string, held: HeldBack, what: string): string[] {
  const { outage_ms, outage_error_ms, delayed, dropped, longest_delay_ms } = held;
  if (delayed === 0) return [];
  const seconds = (ms: number) => `${(ms / 1000).toFixed(3)} s`;
  return [
    `${name}: held back, not only lost: by send time the outage is ${seconds(outage_ms)} ± ${outage_error_ms.toFixed(0)} ms; ` +
      `of the ${delayed + dropped} ${what} sent in it ${delayed} arrived later, after up to ${seconds(longest_delay_ms)}, and ${dropped} never`,
  ];
}
