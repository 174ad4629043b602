import type { Trial } from '../../journal/journal.ts';
import type { TimelineEvent } from '../../journal/timeline-event.ts';

/** The lanes of a trial that hold single moments, from top to bottom. */
export const EVENT_LANES = ['faults', 'clients', 'wire', 'nodes'] as const;
export type EventLane = (typeof EVENT_LANES)[number];

/** Where each kind of event is seen. */
const LANE_OF: Readonly<Record<TimelineEvent['event'], EventLane>> = {
  'last-advert': 'wire',
  silent: 'wire',
  fault: 'faults',
  outage: 'clients',
  degraded: 'clients',
  'first-advert': 'wire',
  detected: 'nodes',
  stopped: 'nodes',
  address: 'nodes',
  'address-lost': 'nodes',
  'first-garp': 'wire',
  'first-na': 'wire',
  'first-forwarded': 'wire',
  started: 'nodes',
  'first-answer': 'wire',
  'router-advert': 'wire',
  'outage-end': 'clients',
  'degraded-end': 'clients',
  'table-filling': 'nodes',
  'table-filled': 'nodes',
  'sessions-resumed': 'clients',
  'client-state': 'clients',
  rescheduled: 'nodes',
  fencing: 'nodes',
  'power-off': 'nodes',
  'power-on': 'nodes',
  fenced: 'nodes',
  heal: 'faults',
  'node-back': 'faults',
  system: 'nodes',
};

/** A stretch of time in a lane, in ms after the fault. */
export interface Bar {
  lane: string;
  kind: 'fault' | 'outage' | 'degraded';
  from_ms: number;
  to_ms: number;
  /** It had not ended when it was last looked at. */
  open: boolean;
  words: string;
}

/** A moment with its number in the list of what happened. */
export interface Moment {
  lane: string;
  at_ms: number;
  number: number;
  words: string;
}

/** The moments of a trial; a node that an event's words name, and no other, has a lane of its own. */
export function momentsOf(trial: Trial, nodes: readonly string[]): Moment[] {
  return trial.timeline.map(({ at_ms, event, detail }, at) => {
    const lane = LANE_OF[event];
    const words = new Set(detail.split(/[^\w.-]+/));
    const named = nodes.filter((node) => words.has(node));
    return {
      lane: lane === 'nodes' && named.length === 1 ? `node ${named[0]}` : lane,
      at_ms,
      number: at + 1,
      words: detail,
    };
  });
}
