import { InputError } from '../../../ground/errors.ts';
import type { ForeseenFindings } from '../../foreseen.ts';
import { reschedulingBound } from '../../neutron-scheduling/rescheduling-bound.ts';
import type { Routers } from '../config/routers.ts';
import { redundancyBound } from './redundancy-bound.ts';

/** What a created router waits for is read of the keepalived that it runs. */
const CREATION = ['l3.created_ms', 'l3.created_redundant_ms'];
const IN_THE_LAB =
  'it follows from what keepalived of the created router runs with, which is read in the lab';

const METRICS = ['l3.reschedule_ms', 'l3.redundancy_ms'];

/** When the routers of a host that the fault takes have a replica elsewhere, according to the settings. */
export function foreseeRescheduling(routers: Routers | undefined): ForeseenFindings {
  const nothing = { bounds: {}, missing_bounds: {}, causes: [] };
  const asked = Object.fromEntries(CREATION.map((metric) => [metric, IN_THE_LAB]));
  if (!routers) return nothing;
  if (!routers.settings.allow_automatic_l3agent_failover) {
    const why = "'allow_automatic_l3agent_failover' is off: no router is moved";
    return {
      ...nothing,
      missing_bounds: { ...asked, ...Object.fromEntries(METRICS.map((metric) => [metric, why])) },
    };
  }
  try {
    const bounds = [reschedulingBound(routers.settings), redundancyBound(routers.settings)];
    return {
      ...nothing,
      missing_bounds: asked,
      bounds: Object.fromEntries(METRICS.map((metric, at) => [metric, bounds[at]!])),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return {
      ...nothing,
      missing_bounds: { ...asked, ...Object.fromEntries(METRICS.map((metric) => [metric, error.message])) },
    };
  }
}
