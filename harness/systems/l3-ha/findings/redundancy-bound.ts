import type { Bound } from '../../../journal/journal.ts';
import { type AgentTimes, reschedulingBound } from '../../neutron-scheduling/rescheduling-bound.ts';

/**
 * From the decision to a standby in place: both daemons start, it hears one advertisement, and has the sessions resent.
 * Neither daemon has a timer in that but the advertisement interval; the rest is the machine's.
 */
const START_MS = 3000;

/** When the routers of a dead host have their standbys again, in ms after its fault. @throws InputError as `reschedulingBound`. */
export function redundancyBound(times: AgentTimes): Bound {
  const { low, high, from } = reschedulingBound(times);
  return { low, high: high + START_MS, from: `${from} + ${START_MS / 1000} s to start the standby` };
}
