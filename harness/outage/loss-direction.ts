import type { LossDirection } from '../journal/journal.ts';
import type { RequestTable } from './request-table.ts';

/** Up to this share of the lost requests may have gone the other way: they were under way at an end of the outage. */
const OTHERS_RATIO = 0.1;

/**
 * Where the requests were lost that were never answered.
 * @param requests with the server's record of which arrived.
 * @param lost positions of those that an outage lost.
 * @returns undefined when all of them were answered after all, too late.
 */
export function lossDirection(requests: RequestTable, lost: Iterable<number>): LossDirection | undefined {
  let [arrived, all] = [0, 0];
  for (const at of lost) {
    if (!Number.isNaN(requests.received_ns[at]!)) continue;
    all += 1;
    if (!Number.isNaN(requests.echoed_ns[at]!)) arrived += 1;
  }
  if (all === 0) return undefined;
  if (arrived <= OTHERS_RATIO * all) return 'to-server';
  return arrived >= (1 - OTHERS_RATIO) * all ? 'to-client' : 'both';
}

/** For sentences: "no service: WORDS". */
export function directionWords(direction: LossDirection): string {
  switch (direction) {
    case 'to-server':
      return 'requests do not reach the server';
    case 'to-client':
      return 'requests reach the server, its answers do not come back';
    case 'both':
      return 'some requests do not reach the server, answers to others do not come back';
  }
}
