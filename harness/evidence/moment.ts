import type { LabTime } from '../ground/time.ts';
import type { TimelineEvent } from '../journal/timeline-event.ts';

/** Something for the timeline. */
export interface Moment {
  at_ns: LabTime;
  event: TimelineEvent['event'];
  detail: string;
}
