/** What a timeline may hold, in the order in which it mostly comes. */
export const TIMELINE_EVENTS = [
  'last-advert',
  'fault',
  'silent',
  'outage',
  'degraded',
  'first-advert',
  'detected',
  'fencing',
  'power-off',
  'power-on',
  'fenced',
  'stopped',
  'address',
  'address-lost',
  'first-garp',
  'first-na',
  'first-forwarded',
  'started',
  'first-answer',
  'router-advert',
  'outage-end',
  'degraded-end',
  'table-filling',
  'table-filled',
  'sessions-resumed',
  'client-state',
  'rescheduled',
  // What a system shows that has no event of its own here.
  'system',
  'heal',
  'node-back',
] as const;

export interface TimelineEvent {
  /** After the fault; negative before it. */
  at_ms: number;
  event: (typeof TIMELINE_EVENTS)[number];
  /** For people: who, on which segment. */
  detail: string;
}
