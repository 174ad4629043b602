import { UnknownError } from '../../../ground/errors.ts';
import { NS_PER_MS } from '../../../ground/time.ts';
import type { TrialWindows } from '../../../journal/trial-facts.ts';
import { requestLosses } from '../../../outage/request-losses.ts';
import { primaryOutage, splitAtHealing } from '../../../outage/request-outages.ts';
import type { RequestTable } from '../../../outage/request-table.ts';
import {
  type Incoming,
  type IncomingAnswers,
  type WayCounts,
  waysOf,
  wayToClient,
  wayToServer,
} from '../../../outage/ways.ts';

/** What both ends of a UDP probe recorded. */
interface BothEnds {
  requests: RequestTable;
  answers: IncomingAnswers;
  arrivals: Incoming;
}

/** Words for notes. */
const WAYS = { to_server: 'on the way to the server', to_client: 'on the way back' } as const;

/**
 * The measures of each way of a UDP probe by itself, and a sentence on what came twice or out of order. The outage of the
 * way back is seen by what reached the server alone: while nothing does its error grows by as much, and where nothing did
 * it is not known.
 */
export function eachWay(
  name: string,
  { requests, answers, arrivals }: BothEnds,
  { interval_ms, late_ms }: { interval_ms: number; late_ms: number },
  windows: TrialWindows,
): { metrics: Record<string, number>; notes: string[] } {
  const ways = waysOf(requests, arrivals, answers, late_ms * NS_PER_MS);
  const outage = (one: RequestTable) => outageOf(one, { interval_ms, late_ms }, windows);
  const to_server = outage(wayToServer(requests));
  const to_client = unlessNothingSent(() => outage(wayToClient(requests)));
  return {
    metrics: {
      to_server_outage_ms: to_server.outage_ms,
      to_server_outage_error_ms: to_server.outage_error_ms,
      ...(to_client && {
        to_client_outage_ms: to_client.outage_ms,
        to_client_outage_error_ms: to_client.outage_error_ms,
      }),
      ...counted('to_server', ways.to_server),
      ...counted('to_client', ways.to_client),
      late_answers: ways.late,
      ways_error: ways.unclear,
    },
    notes: [...sentence(name, 'to_server', ways.to_server), ...sentence(name, 'to_client', ways.to_client)],
  };
}

function outageOf(
  requests: RequestTable,
  limits: { interval_ms: number; late_ms: number },
  { fault_ns, heal_ns }: TrialWindows,
): { outage_ms: number; outage_error_ms: number } {
  const analysis = requestLosses(requests, { ...limits, fault_ns, arrivals_known: false });
  return primaryOutage(splitAtHealing(analysis, heal_ns).fault, fault_ns, heal_ns);
}

/** Undefined where nothing was sent that way after the fault. */
function unlessNothingSent<Found>(find: () => Found): Found | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof UnknownError) return undefined;
    throw error;
  }
}

function counted(way: keyof typeof WAYS, { lost, duplicated, reordered }: WayCounts): Record<string, number> {
  return { [`${way}_lost`]: lost, [`${way}_duplicated`]: duplicated, [`${way}_reordered`]: reordered };
}

function sentence(name: string, way: keyof typeof WAYS, { duplicated, reordered }: WayCounts): string[] {
  const twice = duplicated > 0 ? [`${duplicated} more than were sent arrived`] : [];
  const late = reordered > 0 ? [`${reordered} arrived behind one that was sent later`] : [];
  const all = [...twice, ...late];
  return all.length > 0 ? [`${name}: of the datagrams ${WAYS[way]} ${all.join(', ')}`] : [];
}
