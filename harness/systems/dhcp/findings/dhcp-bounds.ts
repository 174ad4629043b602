import { checkNotNegative, seconds } from '../../../ground/bound-arithmetic.ts';
import { InputError } from '../../../ground/errors.ts';
import type { Bound } from '../../../journal/journal.ts';

/** The timers of one lease, in ms after it was granted or last renewed. */
export interface LeaseTimers {
  /** The client asks its own server, by unicast (RENEWING). */
  t1_ms: number;
  /** The client asks any server, by broadcast (REBINDING). */
  t2_ms: number;
  /** The client gives the address up. */
  lease_ms: number;
}

/** A client that has its address so long after its first DISCOVER has been served: at the first try. */
export const LATE_MS = 1000;

/** RFC 2131 §4.4.5: a client that is not answered does not ask again sooner. */
const SHORTEST_RETRY_MS = 60_000;

/** RFC 2131 §4.1: 4 s, then twice as long each time, up to 64 s; each ± 1 s. */
const FIRST_RETRY_MS = 4000;
const LONGEST_RETRY_MS = 64_000;
const RETRY_JITTER_MS = 1000;

/**
 * The timers of a lease: T1 = 0.5 and T2 = 0.875 of it unless options 58 and 59 say otherwise (RFC 2131
 * §4.4.5). Not for a lease without an end.
 * @throws InputError unless 0 < T1 < T2 < lease.
 */
export function leaseTimers(lease_ms: number, forced: { t1_ms?: number; t2_ms?: number } = {}): LeaseTimers {
  const { t1_ms = lease_ms / 2, t2_ms = (lease_ms * 7) / 8 } = forced;
  const timers = { t1_ms, t2_ms, lease_ms };
  checkLease(timers);
  return timers;
}

/** What becomes of a client whose server is gone and whose lease no other server knows, each from the loss. */
export interface LeaseLossBounds {
  /** Its first RENEW, which is not answered. */
  renew: Bound;
  /** Its first REBIND: here another server can help. */
  rebind: Bound;
  /** It gives its address up and starts anew with DISCOVER. */
  expiry: Bound;
}

/**
 * In ms from the loss of the server. Until then the client renewed at each T1, so the lease was of any age
 * from 0 to T1 at the loss, unless `age_ms` gives it.
 * @throws InputError when the timers are out of order, or the age is not within 0 and T1.
 */
export function leaseLossBounds(timers: LeaseTimers, age_ms?: number): LeaseLossBounds {
  checkLease(timers);
  const { t1_ms, t2_ms, lease_ms } = timers;
  if (age_ms !== undefined && !(age_ms >= 0 && age_ms <= t1_ms)) {
    throw new InputError(`a lease is renewed at T1 (${seconds(t1_ms)}): its age cannot be ${age_ms} ms`);
  }
  const [youngest, oldest] = age_ms === undefined ? [0, t1_ms] : [age_ms, age_ms];
  const age = age_ms === undefined ? `an age of 0 to ${seconds(t1_ms)}` : `its age ${seconds(age_ms)}`;
  const bound = (name: string, at: number): Bound => ({
    low: at - oldest,
    high: at - youngest,
    from: `DHCP: ${name} ${seconds(at)} - ${age}`,
  });
  return {
    renew: bound('T1', t1_ms),
    rebind: bound('T2', t2_ms),
    expiry: bound('lease', lease_ms),
  };
}

/**
 * When a client that is not answered sends RENEW and REBIND, in ms after the lease was granted: at T1 and then
 * after half of what is left until T2, at T2 and then after half of what is left of the lease, never sooner
 * than 60 s after the one before (RFC 2131 §4.4.5). Clients may add a little randomness.
 * @throws InputError when the timers are out of order.
 */
export function unansweredRequests(timers: LeaseTimers): { renew_ms: number[]; rebind_ms: number[] } {
  checkLease(timers);
  return {
    renew_ms: halving(timers.t1_ms, timers.t2_ms),
    rebind_ms: halving(timers.t2_ms, timers.lease_ms),
  };
}

function halving(from: number, until: number): number[] {
  const moments: number[] = [];
  for (let at = from; at < until; at += Math.max(SHORTEST_RETRY_MS, (until - at) / 2)) moments.push(at);
  return moments;
}

/**
 * When a client that is not answered repeats its DISCOVER or REQUEST, in ms after it first sent it: waits of 4, 8,
 * 16, 32, 64 s and 64 s from then on, each up to 1 s shorter or longer (RFC 2131 §4.1). Not every client
 * keeps to it: dhcpcd and udhcpc have their own.
 * @param count 1 to 1000.
 */
export function exchangeRetries(count: number): Bound[] {
  if (!(Number.isInteger(count) && count >= 1 && count <= 1000)) {
    throw new InputError(`count must be a whole number from 1 to 1000, not ${count}`);
  }
  const waits = Array.from({ length: count }, (_, k) => Math.min(FIRST_RETRY_MS * 2 ** k, LONGEST_RETRY_MS));
  return waits.map((_, k) => {
    const sofar = waits.slice(0, k + 1);
    const middle = sofar.reduce((sum, wait) => sum + wait, 0);
    const jitter = (k + 1) * RETRY_JITTER_MS;
    const sum = sofar.map((wait) => wait / 1000).join(' + ');
    return { low: middle - jitter, high: middle + jitter, from: `DHCP: ${sum} s, each +/- 1 s` };
  });
}

function checkLease(timers: LeaseTimers): void {
  const { t1_ms, t2_ms, lease_ms } = timers;
  checkNotNegative({ t1_ms, t2_ms, lease_ms });
  if (!(t1_ms > 0 && t1_ms < t2_ms && t2_ms < lease_ms)) {
    throw new InputError(
      `a lease needs 0 < T1 < T2 < lease, not ${seconds(t1_ms)}, ${seconds(t2_ms)}, ${seconds(lease_ms)}`,
    );
  }
}
