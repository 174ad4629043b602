import { seconds } from '../../../ground/bound-arithmetic.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { FaultFacts } from '../../../journal/trial-facts.ts';
import type { Announcer, Check, Silence } from './ecmp-facts.ts';

/** BIRD draws each timer of BGP from 75 to 100 % of its time (RFC 4271 §10), the hold time with them. */
const LEAST_OF_HOLD = 0.75;

/** What a fault took, as far as who announces minds. */
export type Taken = Pick<FaultFacts, 'victims' | 'departure' | 'stops_forwarding' | 'loss'>;

/** What becomes of an announcer with a fault. */
export interface Withdrawal {
  /** How long its next hop stays in the router's route, in ms after the fault, or why that is not known. */
  within: Bound | string;
  /** Whether who is sent there meanwhile is without service. */
  serves: boolean;
}

/** @returns undefined where the fault does not make the router leave it. */
export function withdrawalOf(announcer: Announcer, taken: Taken): Withdrawal | undefined {
  const { node } = announcer;
  const { loss } = taken;
  if (!taken.victims?.includes(node)) return undefined;
  if (loss?.kind === 'process') return loss.node === node ? processLost(announcer, loss) : undefined;
  if (loss)
    return loss.name === announcer.interface ? { within: silenceBound(announcer), serves: false } : undefined;
  if (!taken.stops_forwarding) return undefined;
  const farewell = { low: 0, high: 0, from: 'BGP: BIRD takes leave when it ends (NOTIFICATION, Cease)' };
  return { within: taken.departure === 'graceful' ? farewell : silenceBound(announcer), serves: false };
}

function processLost(
  announcer: Announcer,
  { name, how }: { name: string; how: 'kill' | 'hang' },
): Withdrawal | undefined {
  if (name === 'bird') {
    const closed = { low: 0, high: 0, from: "BGP: the kernel closes a dead BIRD's connection" };
    return { within: how === 'kill' ? closed : silenceBound(announcer), serves: true };
  }
  if (name !== 'haproxy') return undefined;
  const { check, node } = announcer;
  return {
    within: typeof check === 'string' ? `on '${node}' ${check}` : checkBound(check, how),
    serves: false,
  };
}

/**
 * BFD (RFC 5880 §6.8.4): the detection time counts from the last packet that came; jitter only makes pauses shorter. BGP's hold
 * time (RFC 4271 §6.5): the same with keepalives.
 */
function silenceBound({ silence, node }: Announcer): Bound | string {
  if (typeof silence === 'string') return `when the silence of '${node}' is noticed is not known: ${silence}`;
  return silence.bfd ? bfdBound(silence.bfd) : holdBound(silence);
}

function bfdBound({ interval_ms, multiplier }: NonNullable<Silence['bfd']>): Bound {
  return {
    low: (multiplier - 1) * interval_ms,
    high: multiplier * interval_ms,
    from: `BFD: ${multiplier} x ${seconds(interval_ms)} after the last packet`,
  };
}

function holdBound({ hold_ms, keepalive_ms }: Silence): Bound | string {
  if (hold_ms === 0) return 'a hold time of 0: silence is never noticed';
  return {
    low: Math.max(0, LEAST_OF_HOLD * hold_ms - keepalive_ms),
    high: hold_ms,
    from: `BGP: 75 to 100 % of the hold time ${seconds(hold_ms)} after the last message, one every ${seconds(keepalive_ms)}`,
  };
}

/** Low: a check is under way, and fails by it. High: a check had just succeeded. The next one begins at its time, or when the one before has ended. */
function checkBound({ interval_ms, timeout_ms, fall }: Check, how: 'kill' | 'hang'): Bound {
  const failed_ms = how === 'hang' ? timeout_ms : 0;
  const between_ms = Math.max(interval_ms, failed_ms);
  const rest_ms = (fall - 1) * between_ms + failed_ms;
  return {
    low: rest_ms,
    high: interval_ms + rest_ms,
    from: `check: up to ${seconds(interval_ms)} until it begins + ${fall - 1} x ${seconds(between_ms)} + ${seconds(failed_ms)} until it has failed`,
  };
}
