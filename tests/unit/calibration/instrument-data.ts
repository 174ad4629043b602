import { type LabTime, NS_PER_MS } from '../../../harness/ground/time.ts';
import type { WireRequest } from '../../../harness/outage/wire-outage.ts';

export interface Direction {
  /** Requests do not arrive. */
  towards: boolean;
  /** Answers do not come back. */
  away: boolean;
}

export interface SyntheticFlow {
  flow: string;
  interval_ms: number;
  /** When its first request is sent. */
  phase_ms: number;
  /** From a request on the wire to its answer there. */
  turn_around_ms: number;
}

export const BOTH: Direction = { towards: true, away: true };

/** What the wire shows of a flow for `total_ms` with one cut from `from_ms` to `to_ms`. */
export function wireWithCut(
  { flow, interval_ms, phase_ms, turn_around_ms }: SyntheticFlow,
  cut: { from_ms: number; to_ms: number },
  total_ms: number,
  { towards, away }: Direction = BOTH,
): WireRequest[] {
  const isCut = (at_ms: number) => at_ms >= cut.from_ms && at_ms < cut.to_ms;
  const requests: WireRequest[] = [];
  for (let at_ms = phase_ms; at_ms < total_ms; at_ms += interval_ms) {
    const back_ms = at_ms + turn_around_ms;
    const lost = (towards && isCut(at_ms)) || (away && isCut(back_ms));
    requests.push({ flow, at_ns: ns(at_ms), answered_ns: lost ? null : ns(back_ms) });
  }
  return requests;
}

export function ns(ms: number): LabTime {
  return Math.round(ms * NS_PER_MS);
}
