import { z } from 'zod';
import type { Records } from '../../evidence/records.ts';
import { NS_PER_MS } from '../../ground/time.ts';
import { metric } from '../../journal/metric.ts';
import type { Lab } from '../../lab/lab.ts';
import { duration } from '../../topology/duration.ts';
import { anyAddress, endpoints } from '../common-options.ts';
import type { ProbeFindings, ProbeKind, RunningProbe, TrialWindows } from '../probe.ts';
import { ProgramGroup } from '../program-group.ts';
import { sessionOutcome } from '../tcp/records/session-outcome.ts';
import { RunningSessions } from '../tcp/running-sessions.ts';
import { clientSessionsOf, serverSessionsOf, tcpSides } from '../tcp/tcp-records.ts';

const { stall, ratio, count, duration: time } = metric;

const START_TIMEOUT_S = 60;

const options = z.strictObject({
  kind: z.literal('udp-flows'),
  ...endpoints,
  port: z.int().min(1).max(65535).default(7003),
  flows: z.int().min(1).max(1000).default(50),
  period: duration.prefault('1s').refine((ms) => ms >= 10 && ms <= 10_000, '10ms to 10s'),
});
type FlowOptions = z.output<typeof options>;

/**
 * N UDP flows between sockets that know each other: each side hears the address alone that the flow began with, so that
 * a flow whose addresses are translated differently after a takeover is lost. In every other flow the server speaks.
 */
export const udpFlows: ProbeKind<typeof options> = {
  kind: 'udp-flows',
  summary: 'N long-lived UDP flows between the same two sockets: which of them go on, by who speaks',
  options,
  metrics: {
    flows: count('flows that were opened', { reported: 'journal' }),
    survived_ratio: ratio('the share of them that both sides heard from just before the end'),
    client_first_survived_ratio: ratio(
      'the same of the flows in which the client speaks, and the server answers',
      { reported: 'journal' },
    ),
    server_first_survived_ratio: ratio(
      'the same of the flows in which the server speaks, and the client answers',
      { reported: 'journal' },
    ),
    stall_ms: stall('longest silence that a surviving flow had'),
    stall_median_ms: time('median over the surviving flows of their longest silence'),
  },
  most_late_ms: 250,
  nodes: ({ from, to }) => [from, to],
  port: ({ port }) => ({ protocol: 'udp', port }),
  start: startFlows,
  analyse: analyseFlows,
};

async function startFlows(lab: Lab, name: string, options: FlowOptions): Promise<RunningProbe> {
  const { address, port, flows, period, from, to } = options;
  const sides = tcpSides(name, from, [to]);
  const params = {
    address,
    port,
    sessions: flows,
    period_ns: Math.round(period * NS_PER_MS),
    connect_timeout_ns: (START_TIMEOUT_S / 2) * 1000 * NS_PER_MS,
    reconnect_ns: 0,
    give_up_ns: 0,
  };
  const programs = await ProgramGroup.start(
    lab,
    [
      ...sides.servers.map(({ node, program }) => ({
        name: program,
        node,
        program: 'udp_flow_server',
        params: { address: anyAddress(address), port },
      })),
      { name: sides.client.program, node: from, program: 'udp_flow_client', params },
    ],
    START_TIMEOUT_S,
  );
  return new RunningSessions(name, 'UDP flows', sides, programs);
}

function analyseFlows(
  name: string,
  { from, to, period }: FlowOptions,
  files: Records,
  { fault_ns, heal_ns, end_ns }: TrialWindows,
): ProbeFindings {
  const { client, servers } = tcpSides(name, from, [to]);
  const found = sessionOutcome(
    clientSessionsOf(files, client.record).originals,
    servers.flatMap(({ record }) => serverSessionsOf(files, record)),
    { fault_ns, heal_ns, end_ns, fresh_ms: 2 * period + 1000, silence_ms: 3 * period },
  );
  const { survived_ratio, stall_ms, stall_median_ms } = found;
  const { client_first, server_first } = found.survived_by_mode;
  return {
    metrics: {
      flows: found.sessions,
      ...(survived_ratio === undefined ? {} : { survived_ratio }),
      ...(client_first === undefined ? {} : { client_first_survived_ratio: client_first }),
      ...(server_first === undefined ? {} : { server_first_survived_ratio: server_first }),
      ...(stall_ms === undefined ? {} : { stall_ms }),
      ...(stall_median_ms === undefined ? {} : { stall_median_ms }),
    },
    outages: [],
    open: [],
    doubts: [],
  };
}
