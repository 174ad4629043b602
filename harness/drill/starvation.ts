import type { HostPressure } from '../lab/agent.ts';
import type { ProbeFindings } from '../probes/probe.ts';

/** A probe kept from its schedule for longer than this around the fault can't time it. */
const MOST_SEND_GAP_MS = 50;
/** With more of the processors taken by the hypervisor, daemons miss their own timers. */
const MOST_STEAL_RATIO = 0.3;

/** Whether the machine let the trial run as it must; `reason` says why not. */
export function starvation(
  findings: readonly Pick<ProbeFindings, 'starved_ms'>[],
  before: HostPressure,
  after: HostPressure,
): { steal_ratio: number; reason: string | undefined } {
  const steal_ratio = stealRatio(before, after);
  const gap_ms = Math.max(0, ...findings.map((one) => one.starved_ms ?? 0));
  const reasons = [];
  if (gap_ms > MOST_SEND_GAP_MS) {
    reasons.push(
      `the machine kept a probe from its schedule for ${gap_ms.toFixed(0)} ms (limit ${MOST_SEND_GAP_MS} ms)`,
    );
  }
  if (steal_ratio > MOST_STEAL_RATIO) {
    reasons.push(
      `the hypervisor took ${(100 * steal_ratio).toFixed(0)} % of the processors (limit ${100 * MOST_STEAL_RATIO} %)`,
    );
  }
  return { steal_ratio, reason: reasons.length > 0 ? `starved: ${reasons.join('; ')}` : undefined };
}

function stealRatio(before: HostPressure, after: HostPressure): number {
  const kinds = Object.keys(after.ticks);
  const spent = (kind: string) => (after.ticks[kind] ?? 0) - (before.ticks[kind] ?? 0);
  const total = kinds.reduce((sum, kind) => sum + spent(kind), 0);
  return total > 0 ? spent('steal') / total : 0;
}
