import { checkNotNegative, seconds } from '../../ground/bound-arithmetic.ts';
import { InputError } from '../../ground/errors.ts';
import type { Bound } from '../../journal/journal.ts';

/** The two options of Neutron on which it depends when a dead agent is noticed. */
export interface AgentTimes {
  /** `agent_down_time`. */
  agent_down_ms: number;
  /** `report_interval` of the agents. */
  report_interval_ms: number;
}

/** How many times `agent_down_time` an agent may be silent before what it serves is taken from it. */
const DEAD_AFTER = 2;

/** An agent that has been silent for longer is dead to the scheduler, in ms. */
export function deadAfterMs({ agent_down_ms }: Pick<AgentTimes, 'agent_down_ms'>): number {
  return DEAD_AFTER * agent_down_ms;
}

/** How often the server looks for dead agents, in ms: half of `agent_down_time` in whole seconds, 1 s at least. */
export function lookIntervalMs({ agent_down_ms }: Pick<AgentTimes, 'agent_down_ms'>): number {
  return Math.max(1, Math.floor(agent_down_ms / 2000)) * 1000;
}

/**
 * When what an agent serves is moved, in ms after its fault. Earliest: the fault came right before a report,
 * and the server looks as soon as the last one is too old. Latest: it came right after one, and the server had just
 * looked.
 * @throws InputError unless 0 < report_interval < agent_down_time.
 */
export function reschedulingBound(times: AgentTimes): Bound {
  const { agent_down_ms: down, report_interval_ms: report } = times;
  checkNotNegative({ agent_down_ms: down, report_interval_ms: report });
  if (!(report > 0 && report < down)) {
    throw new InputError(
      `an agent must report more often than agent_down_time (${seconds(down)}), not every ${seconds(report)}`,
    );
  }
  const [dead, look] = [deadAfterMs(times), lookIntervalMs(times)];
  return {
    low: dead - report,
    high: dead + look,
    from: `Neutron: ${DEAD_AFTER} x ${seconds(down)} - ${seconds(report)} to ${DEAD_AFTER} x ${seconds(down)} + ${seconds(look)}`,
  };
}
