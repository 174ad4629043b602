import { InputError } from '../../../ground/errors.ts';
import type { ForeseenFindings } from '../../foreseen.ts';
import { reschedulingBound } from '../../neutron-scheduling/rescheduling-bound.ts';
import type { Networks } from '../config/networks.ts';

const METRIC = 'dhcp.reschedule_ms';

/** When the networks of an agent that the fault takes are given to others, according to the settings. */
export function foreseeRescheduling(networks: Networks | undefined): ForeseenFindings {
  const nothing = { bounds: {}, missing_bounds: {}, causes: [] };
  if (!networks) return nothing;
  const { agent_down_ms, report_interval_ms } = networks.settings;
  try {
    return { ...nothing, bounds: { [METRIC]: reschedulingBound({ agent_down_ms, report_interval_ms }) } };
  } catch (error) {
    if (error instanceof InputError) return { ...nothing, missing_bounds: { [METRIC]: error.message } };
    throw error;
  }
}
