import { seconds } from '../../../ground/bound-arithmetic.ts';
import { InputError } from '../../../ground/errors.ts';
import type { Bound } from '../../../journal/journal.ts';
import { priorityRange, type VrrpInstance } from '../config/vrrp-instance.ts';

/** VRRP counts its timers in hundredths of a second (RFC 5798 §6.1), so no moment of it is finer. */
const TICK_MS = 10;

/** The timers of the router that is to take over. */
export interface VrrpTimers {
  /** Of the master that is lost: v3 backups take it from its adverts. v2: whole seconds; v3: 10 to 40,950. */
  advert_ms: number;
  /** Of the backup, 1 to 255. */
  priority: number;
  version: 2 | 3;
  /** keepalived's `down_timer_adverts`, 1 to 100; default: 3, as in the RFCs. */
  down_timer_adverts?: number;
}

/**
 * Skew_Time in ms. v2 (RFC 3768 §6.1): (256 − priority) / 256 s, whatever the interval.
 * v3 (RFC 5798 §6.1, RFC 9568 §6.1): (256 − priority) × interval / 256. The RFCs count v3's timers in
 * centiseconds and name no rounding; keepalived counts in µs, so the arithmetic here is not rounded.
 * @throws InputError when a value is out of range.
 */
export function skewMs(timers: VrrpTimers): number {
  checkTimers(timers);
  return skewOf(timers);
}

/** Master_Down_Interval in ms (Active_Down_Interval in RFC 9568): 3 × interval + skew. */
export function masterDownMs(timers: VrrpTimers): number {
  checkTimers(timers);
  return masterDownOf(timers);
}

/**
 * How long a member waits for a master that it no longer hears, in ms: the most that its priority may make it. Takes the
 * values as they are configured, whether the protocol has them or not.
 */
export function longestMasterDownMs(instance: VrrpInstance, master_advert_ms: number): number {
  const { version, down_timer_adverts, advert_int_ms } = instance;
  const advert_ms = version === 3 ? master_advert_ms : advert_int_ms;
  return masterDownOf({ version, down_timer_adverts, advert_ms, priority: priorityRange(instance).low });
}

function masterDownOf(timers: VrrpTimers): number {
  return adverts(timers) * timers.advert_ms + skewOf(timers);
}

function skewOf({ priority, version, advert_ms }: VrrpTimers): number {
  return ((256 - priority) * (version === 2 ? 1000 : advert_ms)) / 256;
}

/**
 * From the fault to the backup's first advert, in ms, when the master falls silent without a word: the
 * timer runs since its last advert, which was sent at most one interval before the fault.
 * @param phase_ms how long before the fault the last advert was sent, where that is known: 0 or more.
 * @throws InputError when a value is out of range.
 */
export function abruptTakeoverBound(timers: VrrpTimers, phase_ms?: number): Bound {
  const high = masterDownMs(timers);
  const advert = seconds(timers.advert_ms);
  return {
    low: high - timers.advert_ms,
    high,
    from: `VRRPv${timers.version}: ${adverts(timers)} x ${advert} + ${seconds(skewMs(timers))} - ${advert}`,
    ...(phase_ms === undefined ? {} : { at_phase: high - phase_ms }),
  };
}

/**
 * From the master's farewell (priority 0, RFC 5798 §6.4.2) to the backup's first advert, in ms: the skew
 * and nothing else, so low and high are the same and a judgement needs a margin.
 * @throws InputError when a value is out of range.
 */
export function gracefulTakeoverBound(timers: VrrpTimers): Bound {
  const skew = skewMs(timers);
  return { low: skew, high: skew, from: `VRRPv${timers.version}: priority 0, then skew ${seconds(skew)}` };
}

/**
 * From the old master's last advert to the new one's first, in ms. `abrupt`: no word from the old master, so
 * Master_Down_Interval; whenever in the interval the fault falls. `graceful`: the last advert has priority 0,
 * so the skew alone. Up to one tick of the protocol's clock more: hundredths of a second (RFC 5798 §6.1).
 * @throws InputError when a value is out of range.
 */
export function detectionBound(timers: VrrpTimers, departure: 'abrupt' | 'graceful'): Bound {
  const skew = skewMs(timers);
  const low = departure === 'abrupt' ? masterDownMs(timers) : skew;
  const wait =
    departure === 'abrupt'
      ? `${adverts(timers)} x ${seconds(timers.advert_ms)} + ${seconds(skew)}`
      : `priority 0, then skew ${seconds(skew)}`;
  return {
    low,
    high: low + TICK_MS,
    from: `VRRPv${timers.version}: ${wait}, + up to ${seconds(TICK_MS)} (its clock)`,
  };
}

function adverts(timers: VrrpTimers): number {
  return timers.down_timer_adverts ?? 3;
}

function checkTimers(timers: VrrpTimers): void {
  const problems: string[] = [];
  const { advert_ms, priority, version } = timers;
  if (!(Number.isInteger(priority) && priority >= 1 && priority <= 255)) {
    problems.push(`a VRRP priority is a whole number from 1 to 255, not ${priority}`);
  }
  if (version === 2 && !(advert_ms >= 1000 && advert_ms <= 255_000 && advert_ms % 1000 === 0)) {
    problems.push(`VRRPv2 adverts are 1 to 255 whole seconds apart, not ${advert_ms} ms`);
  }
  if (version === 3 && !(advert_ms >= 10 && advert_ms <= 40_950)) {
    problems.push(`VRRPv3 adverts are 10 ms to 40.95 s apart, not ${advert_ms} ms`);
  }
  const count = adverts(timers);
  if (!(Number.isInteger(count) && count >= 1 && count <= 100)) {
    problems.push(`down_timer_adverts is a whole number from 1 to 100, not ${count}`);
  }
  if (problems.length > 0) throw new InputError(problems.map((message) => ({ message })));
}
