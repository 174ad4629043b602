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

function checkLease(timers: LeaseTimers): void {
  const { t1_ms, t2_ms, lease_ms } = timers;
  checkNotNegative({ t1_ms, t2_ms, lease_ms });
  if (!(t1_ms > 0 && t1_ms < t2_ms && t2_ms < lease_ms)) {
    throw new InputError(
      `a lease needs 0 < T1 < T2 < lease, not ${seconds(t1_ms)}, ${seconds(t2_ms)}, ${seconds(lease_ms)}`,
    );
  }
}
