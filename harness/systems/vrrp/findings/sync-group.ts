import type { Bound } from '../../../journal/journal.ts';
import type { VrrpInstance } from '../config/vrrp-instance.ts';

/** VRRP counts its timers in hundredths of a second (RFC 5798 §6.1). */
const TICK_MS = 10;

/** The other instances of an instance's sync group, of those of its daemon. */
export function groupOf(instance: VrrpInstance, all: readonly VrrpInstance[]): VrrpInstance[] {
  const { sync_group } = instance;
  if (sync_group === undefined) return [];
  return all.filter((one) => one !== instance && one.sync_group === sync_group);
}

/**
 * When a sync group takes over: keepalived lets none of its instances become master before all want to, so the last one
 * whose timer runs out decides (keepalived 2.3.3, vrrp_sync_can_goto_master).
 * @param own of one of them; @param others of the rest.
 */
export function groupTakeover(own: Bound, others: readonly Bound[]): Bound {
  if (others.length === 0) return own;
  const all = [own, ...others];
  const reasons = [...new Set(all.map(({ from }) => from))];
  const phased = all.flatMap(({ at_phase }) => at_phase ?? []);
  const last = reasons.length > 1 ? ' (the last of the sync group)' : '';
  return {
    low: Math.max(...all.map(({ low }) => low)),
    high: Math.max(...all.map(({ high }) => high)),
    from: `${reasons.join(', and ')}${last}`,
    ...(phased.length === all.length ? { at_phase: Math.max(...phased) } : {}),
  };
}

/** Of an instance in a sync group. */
export interface GroupDetection {
  /** From its last advert to its new master's first, were it alone. */
  own: Bound;
  /** How long before the fault its last advert was sent, where that is known: 0 or more. */
  phase_ms: number | undefined;
  /** The most that can be. */
  most_phase_ms: number;
  /** When the whole group takes over. */
  takeover: Bound;
}

/** From an instance's last advert to its new master's first, in ms: it may be ready, and wait for the rest of its group. */
export function groupDetection({ own, phase_ms, most_phase_ms, takeover }: GroupDetection): Bound {
  const exact =
    phase_ms === undefined || takeover.at_phase === undefined ? undefined : takeover.at_phase + phase_ms;
  const last = (exact ?? takeover.high + most_phase_ms) + TICK_MS;
  // Instances that advertise at nearly the same moment wait for each other for less than a tick.
  if (last <= own.high + TICK_MS) return { ...own, high: Math.max(own.high, last) };
  const from = `${own.from}, then until the last of its sync group`;
  return { low: exact === undefined ? own.low : Math.max(own.low, exact), high: last, from };
}
