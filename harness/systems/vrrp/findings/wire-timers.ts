import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { VrrpTimeline } from '../../../observe/vrrp-timeline.ts';
import type { VrrpInstance } from '../config/vrrp-instance.ts';
import type { VrrpTimers } from './vrrp-bounds.ts';

/** How long before the fault the old master's last advert was sent; undefined where one came after the fault. */
export function phaseMs({ last_advert_ns }: VrrpTimeline, fault_ns: LabTime): number | undefined {
  return last_advert_ns === undefined || last_advert_ns > fault_ns
    ? undefined
    : msFromNs(fault_ns - last_advert_ns);
}

/**
 * The timers by which the new master waited: version and priority as its first advert has them, a v3 interval as the old
 * master announced it (RFC 5798 §6.4.2); how many adverts may stay away is in no advert, so its configuration must be
 * known.
 */
export function timersOnWire(
  { first_advert, announced_interval_ms }: VrrpTimeline,
  instance: VrrpInstance | undefined,
): VrrpTimers | undefined {
  if (!instance || !first_advert) return undefined;
  const { version, priority } = first_advert;
  const advert_ms =
    version === 3 ? (announced_interval_ms ?? instance.advert_int_ms) : instance.advert_int_ms;
  return { version, priority, advert_ms, down_timer_adverts: instance.down_timer_adverts };
}
