import type { TimelineEvent } from '../journal/timeline-event.ts';
import { familyOf } from '../topology/addresses.ts';

/** How a new owner of an address says unasked that it has it, for people. */
export function announcementWords(address: string): string {
  return familyOf(address) === 6 ? 'unsolicited neighbour advertisement' : 'gratuitous ARP';
}

/** The same as an event of a timeline. */
export function announcementEvent(address: string): TimelineEvent['event'] {
  return familyOf(address) === 6 ? 'first-na' : 'first-garp';
}
