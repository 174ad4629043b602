import type { Fault } from '../systems/fault.ts';
import { liveSystems } from '../systems/live.ts';

/** How a node leaves what it shares with others when the processes of that name get the signal; undefined: it keeps it. */
export function departureOf(process: string, signal: string): Fault['departure'] {
  for (const live of liveSystems) {
    const departure = live.departure?.(process, signal);
    if (departure) return departure;
  }
  return undefined;
}
