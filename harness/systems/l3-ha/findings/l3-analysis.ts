import type { FrameWatch } from '../../../evidence/frame-watch.ts';
import type { Moment } from '../../../evidence/moment.ts';
import { type LabTime, msFromNs } from '../../../ground/time.ts';
import type { Bound } from '../../../journal/journal.ts';
import type { TrialWindows } from '../../../journal/trial-facts.ts';
import { reschedulingBound } from '../../neutron-scheduling/rescheduling-bound.ts';
import type { SystemAnalysis } from '../../system-analysis.ts';
import { type L3Facts, l3FactsShape } from './l3-facts.ts';
import { redundancyBound } from './redundancy-bound.ts';
import { requestFindings } from './request-findings.ts';

const NOTHING: FrameWatch = { take: () => undefined };

export const l3Analysis: SystemAnalysis<L3Facts> = {
  factsOf: ({ systems }) => {
    const own = systems?.['l3-ha'];
    return own === undefined ? undefined : l3FactsShape.parse(own);
  },
  listen: () => NOTHING,
  analyse: ({ facts, trial, windows, at }) => {
    // The scheduler works through the whole trial, whatever was broken after the first fault.
    if (at > 0) return {};
    const asked = requestFindings(facts.requests ?? [], trial.address_events);
    return {
      ...asked,
      metrics: { ...moveMetrics(facts, windows), ...exposure(facts, windows), ...asked.metrics },
      bounds: { ...boundsOf(facts), ...asked.bounds },
      moments: [...facts.moves.map(moveMoment), ...facts.restored.map(restoredMoment), ...asked.moments],
      notes: [...neverRestored(facts), ...asked.notes],
      rows: facts.placements,
    };
  },
};

/** When a router was first seen with its standbys after it had lost one; undefined when it was not. */
function restoredAt({ restored }: L3Facts, router: string): LabTime | undefined {
  return restored.find((one) => one.router === router)?.at_ns;
}

function moveMetrics(facts: L3Facts, { fault_ns }: TrialWindows): Record<string, number> {
  const { enabled, moves } = facts;
  if (!enabled) return {};
  const moved = moves.filter(({ to_host }) => to_host !== null);
  const metrics = { 'l3.rescheduled': moved.length, 'l3.nowhere_to_go': moves.length - moved.length };
  if (moved.length === 0) return metrics;
  const again = moved.map(({ router }) => restoredAt(facts, router));
  const known = again.filter((moment) => moment !== undefined);
  return {
    ...metrics,
    'l3.reschedule_ms': msFromNs(Math.max(...moved.map(({ at_ns }) => at_ns)) - fault_ns),
    ...(known.length === again.length ? { 'l3.redundancy_ms': msFromNs(Math.max(...known) - fault_ns) } : {}),
  };
}

/** Routers that lost a replica, whether or not it came back. */
function exposedOf({ moves, wanting }: L3Facts): string[] {
  return [...new Set([...moves.map(({ router }) => router), ...wanting])];
}

/** Not known where a router had no standby to the end. */
function exposure(facts: L3Facts, { fault_ns }: TrialWindows): Record<string, number> {
  const ends = exposedOf(facts).map((router) => restoredAt(facts, router));
  const known = ends.filter((moment) => moment !== undefined);
  if (known.length === 0 || known.length < ends.length) return {};
  return { 'l3.exposure_ms': msFromNs(Math.max(...known) - fault_ns) };
}

function neverRestored(facts: L3Facts): string[] {
  return exposedOf(facts)
    .filter((router) => restoredAt(facts, router) === undefined)
    .map((router) => `router '${router}' had no standby in place again when the trial ended`);
}

function boundsOf({ enabled, moves, agent_down_ms, report_interval_ms }: L3Facts): Record<string, Bound> {
  if (!enabled || moves.every(({ to_host }) => to_host === null)) return {};
  const times = { agent_down_ms, report_interval_ms };
  return { 'l3.reschedule_ms': reschedulingBound(times), 'l3.redundancy_ms': redundancyBound(times) };
}

function moveMoment({ at_ns, router, from_host, to_host }: L3Facts['moves'][number]): Moment {
  const what = `the replica of router '${router}' on ${from_host}`;
  const detail = to_host === null ? `${what} has nowhere to go` : `${what} is given to ${to_host}`;
  return { at_ns, event: 'rescheduled', detail };
}

function restoredMoment({ at_ns, router }: L3Facts['restored'][number]): Moment {
  return { at_ns, event: 'system', detail: `router '${router}' has its standbys in place again` };
}
