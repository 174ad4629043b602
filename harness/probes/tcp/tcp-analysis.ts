import type { Records } from '../../evidence/records.ts';
import type { TrialWindows } from '../../journal/trial-facts.ts';
import type { ProbeFindings } from '../probe.ts';
import { type SessionRecord, type SessionWindow, sessionOutcome } from './records/session-outcome.ts';
import { type SuccessorOutcome, successorOutcome } from './records/session-successors.ts';
import { reconnection, serversOf, type TcpOptions } from './tcp-options.ts';
import { type ClientSessions, clientSessionsOf, serverSessionsOf, tcpSides } from './tcp-records.ts';

/**
 * What the records of a TCP probe say.
 * @throws InputError when a record is missing or is none.
 */
export function analyseTcp(
  name: string,
  options: TcpOptions,
  files: Records,
  { fault_ns, heal_ns, end_ns }: TrialWindows,
): ProbeFindings {
  const { period } = options;
  const { client, servers } = tcpSides(name, options.from, serversOf(options));
  const ours = clientSessionsOf(files, client.record);
  const theirs = servers.flatMap(({ record }) => serverSessionsOf(files, record));
  const window: SessionWindow = {
    fault_ns,
    heal_ns,
    end_ns,
    fresh_ms: 2 * period + 1000,
    silence_ms: 3 * period,
  };
  const {
    sessions,
    survived,
    survived_ratio,
    survived_by_mode: { client_first, server_first },
    reset,
    given_up,
    stalled,
    stall_ms,
    stall_median_ms,
    resumed_ns,
    resumed_ratio,
  } = sessionOutcome(ours.originals, theirs, window);
  const again = reconnection(options) && successors(name, ours, theirs, window);
  return {
    metrics: {
      sessions,
      survived,
      reset,
      stalled,
      ...(survived_ratio === undefined ? {} : { survived_ratio }),
      ...(resumed_ratio === undefined ? {} : { resumed_ratio }),
      ...(client_first === undefined ? {} : { client_first_survived_ratio: client_first }),
      ...(server_first === undefined ? {} : { server_first_survived_ratio: server_first }),
      ...(stall_ms === undefined ? {} : { stall_ms }),
      ...(stall_median_ms === undefined ? {} : { stall_median_ms }),
      ...(again ? { ...again.metrics, given_up } : {}),
    },
    outages: [],
    ...(resumed_ns === undefined ? {} : { resumed_ns }),
    ...(again?.rejoin_ms === undefined ? {} : { rejoin_outage_ms: again.rejoin_ms }),
    open: again?.open ?? [],
    doubts: [],
  };
}

/** What is reported of users who connect again. */
function successors(
  name: string,
  ours: ClientSessions,
  theirs: readonly SessionRecord[],
  window: SessionWindow,
): { metrics: Record<string, number>; rejoin_ms: number | undefined; open: string[] } {
  const found = successorOutcome(ours.originals, ours.successors, theirs, window);
  const { lost, reconnected, reconnect_ms, reconnect_median_ms, rejoin_ms } = found;
  return {
    metrics: {
      lost,
      reconnected,
      ...(reconnect_ms === undefined ? {} : { reconnect_ms }),
      ...(reconnect_median_ms === undefined ? {} : { reconnect_median_ms }),
    },
    rejoin_ms,
    open: unservedSentence(name, found, ours.originals.length),
  };
}

function unservedSentence(name: string, { unserved }: SuccessorOutcome, sessions: number): string[] {
  if (unserved === 0) return [];
  return [`${name}: ${unserved} of ${sessions} users had no working session at the end of the trial`];
}
