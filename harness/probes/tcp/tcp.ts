import { NS_PER_MS } from '../../ground/time.ts';
import type { Bound } from '../../journal/journal.ts';
import { metric } from '../../journal/metric.ts';
import type { Lab } from '../../lab/lab.ts';
import { familyOf } from '../../topology/addresses.ts';
import { anyAddress } from '../common-options.ts';
import type { ProbeBoundCause, ProbeKind, RunningProbe } from '../probe.ts';
import { ProgramGroup } from '../program-group.ts';
import { tcpStallBound } from './records/tcp-bounds.ts';
import { RunningSessions } from './running-sessions.ts';
import { analyseTcp } from './tcp-analysis.ts';
import { reconnection, serversOf, type TcpOptions, tcpOptions } from './tcp-options.ts';
import { tcpSides } from './tcp-records.ts';

const { stall, duration, ratio, count } = metric;

const START_TIMEOUT_S = 60;
/** Packets per second up to which everything is captured; of more, only what opens and ends connections. */
const MOST_CAPTURED_PER_S = 20_000;
/** What the kernel may take for the round trip: acknowledgements are held back for as long (tcp(7), delayed ACKs). */
const MOST_RTT_MS = 40;
/** Of a longer outage the ladder of retransmissions is not known. */
const MOST_BOUNDED_MS = 100_000;
/** Why the bound of the silence is missing. */
const NO_WATCHER = 'no other probe saw for how long the way of the sessions was cut';
const SOME_ALONE =
  'the fault cut some flows and left others alone: outages of others are not those of the sessions';
/** Where a packet of a family has TCP's flags: pcap-filter(7) finds them in one of IPv4 alone. */
const FLAGS_OF = { 4: 'tcp[tcpflags]', 6: 'ip6 proto 6 and ip6[53]' } as const;
/** A message, its answer, and their acknowledgements. */
const PACKETS_PER_MESSAGE = 4;

/**
 * N TCP sessions on the same sockets from start to end, numbered payload in both directions. In every other
 * session the server speaks first after a silence, for a router that lost its connection table treats the
 * two directions differently. A proxy ends sessions when it dies: with `reconnect` their users connect again,
 * and what became of the first sessions is reported as it is without.
 */
export const tcp: ProbeKind<typeof tcpOptions> = {
  kind: 'tcp',
  summary: 'N long-lived TCP sessions with numbered payload both ways: survived, reset, stalled',
  options: tcpOptions,
  metrics: {
    sessions: count('sessions that were opened', { reported: 'findings' }),
    survived: count('sessions still alive at the end on the same socket, nothing lost or reordered', {
      reported: 'findings',
    }),
    survived_ratio: ratio('survived / sessions'),
    resumed_ratio: ratio(
      'of the sessions, those that were open when healing began, and in which both sides had received something after their silence; absent where a longer silence came later',
      { until_healing: true, reported: 'journal' },
    ),
    client_first_survived_ratio: ratio(
      'the same of the sessions in which the client speaks, and the server answers',
      { reported: 'journal' },
    ),
    server_first_survived_ratio: ratio(
      'the same of the sessions in which the server speaks, and the client answers',
      { reported: 'journal' },
    ),
    reset: count('sessions ended by a reset'),
    stalled: count('sessions still open at the end, but silent'),
    stall_ms: stall('longest silence that a surviving session felt'),
    stall_median_ms: duration('median over the surviving sessions of their longest silence'),
    retransmitted: count(
      'segments that were sent again, as the wire saw it; absent where its traffic is too much to capture',
      { from_captures: true },
    ),
    lost: count('with reconnect: sessions that did not survive'),
    given_up: count('with reconnect: sessions that their clients ended because nothing came for too long'),
    reconnected: count('with reconnect: lost sessions in whose place another one works at the end'),
    reconnect_ms: duration(
      'with reconnect: longest time from the last message of a lost session to the first of its successor',
    ),
    reconnect_median_ms: duration('median of these times'),
    recovery_ms: duration(
      'the first answer of the new master to a client to the last silent session going on',
      { reported: 'steps', from_captures: true },
    ),
  },
  most_late_ms: 50,
  // Users who connect again are looked at in tenths of a second, not in the stalls of their sessions.
  mostLateMs: ({ reconnect }) => (reconnect === undefined ? 50 : 250),
  nodes: (options) => [options.from, ...serversOf(options)],
  port: ({ port }) => ({ protocol: 'tcp', port }),
  bulk: ({ address, port, sessions, period }) =>
    (PACKETS_PER_MESSAGE * sessions * 1000) / period > MOST_CAPTURED_PER_S
      ? `tcp port ${port} and ${FLAGS_OF[familyOf(address)]} & (tcp-syn|tcp-fin|tcp-rst) = 0`
      : undefined,
  bounds: ({ period }, cause) => stallBound(period, cause),
  start: startTcp,
  analyse: analyseTcp,
};

/** What the silence of a session may be, from how long its way was cut. */
function stallBound(
  period_ms: number,
  { takeover, missing, disturbance, outage_ms, outage_unseen }: ProbeBoundCause,
): Record<string, Bound | string> {
  if (disturbance !== undefined && outage_ms !== undefined) return { stall_ms: SOME_ALONE };
  if (outage_unseen) return takeover || missing !== undefined ? { stall_ms: NO_WATCHER } : {};
  if (outage_ms === undefined || outage_ms > MOST_BOUNDED_MS) return {};
  return { stall_ms: tcpStallBound({ outage_ms, period_ms, rtt_ms: MOST_RTT_MS }) };
}

async function startTcp(lab: Lab, name: string, options: TcpOptions): Promise<RunningProbe> {
  const { address, port, sessions, period, from } = options;
  const sides = tcpSides(name, from, serversOf(options));
  const again = reconnection(options);
  const params = {
    address,
    port,
    sessions,
    period_ns: nanoseconds(period),
    connect_timeout_ns: nanoseconds((START_TIMEOUT_S / 2) * 1000),
    reconnect_ns: nanoseconds(again?.every_ms ?? 0),
    give_up_ns: nanoseconds(again?.give_up_ms ?? 0),
  };
  const programs = await ProgramGroup.start(
    lab,
    [
      ...sides.servers.map(({ node, program }) => ({
        name: program,
        node,
        program: 'tcp_server',
        params: { address: anyAddress(address), port },
      })),
      { name: sides.client.program, node: from, program: 'tcp_client', params },
    ],
    START_TIMEOUT_S,
  );
  return new RunningSessions(name, 'TCP sessions', sides, programs);
}

function nanoseconds(ms: number): number {
  return Math.round(ms * NS_PER_MS);
}
