import { z } from 'zod';
import { InputError, messageOf } from '../ground/errors.ts';
import { type LabTime, NS_PER_MS } from '../ground/time.ts';
import type { Lab } from '../lab/lab.ts';
import { type SessionRecord, sessionOutcome } from '../measure/session-outcome.ts';
import { tcpStallBound } from '../measure/tcp-bounds.ts';
import { duration, endpoints } from './common-options.ts';
import {
  type ProbeFiles,
  type ProbeFindings,
  type ProbeKind,
  type RunningProbe,
  recordOf,
  type TrialWindows,
} from './probe.ts';
import { ProgramPair } from './program-pair.ts';

const START_TIMEOUT_S = 60;
/** Packets per second up to which everything is captured; of more, only what opens and ends connections. */
const MOST_CAPTURED_PER_S = 20_000;
/** What the kernel may take for the round trip: acknowledgements are held back for as long (tcp(7), delayed ACKs). */
const MOST_RTT_MS = 40;
/** Of a longer outage the ladder of retransmissions is not known. */
const MOST_BOUNDED_MS = 100_000;
/** A message, its answer, and their acknowledgements. */
const PACKETS_PER_MESSAGE = 4;

const options = z.strictObject({
  kind: z.literal('tcp'),
  ...endpoints,
  port: z.int().min(1).max(65535).default(7002),
  sessions: z.int().min(1).max(20_000).default(50),
  period: duration.prefault('100ms').refine((ms) => ms >= 10 && ms <= 10_000, 'allowed: 10ms to 10s'),
});
type TcpOptions = z.output<typeof options>;

interface Status {
  sessions: number;
  open: number;
  dead: number;
  progressed: number;
  /** Ids of open sessions that have not gone on, as far as they fit. */
  waiting: number[];
  now_ns: LabTime;
}

/**
 * N TCP sessions on the same sockets from start to end, numbered payload in both directions. In every other
 * session the server speaks first after a silence, for a router that lost its connection table treats the
 * two directions differently.
 */
export const tcp: ProbeKind<typeof options> = {
  kind: 'tcp',
  summary: 'N long-lived TCP sessions with numbered payload both ways: survived, reset, stalled',
  options,
  metrics: {
    sessions: 'sessions that were opened',
    survived: 'sessions still alive at the end on the same socket, nothing lost or reordered',
    survived_ratio: 'survived / sessions',
    reset: 'sessions ended by a reset',
    stalled: 'sessions still open at the end, but silent',
    stall_ms: 'longest silence that a surviving session felt',
    stall_median_ms: 'median over the surviving sessions of their longest silence',
    retransmitted:
      'segments that were sent again, as the wire saw it; absent where its traffic is too much to capture',
    recovery_ms: 'the first answer of the new master to a client to the last silent session going on',
  },
  most_late_ms: 50,
  nodes: ({ from, to }) => [from, to],
  port: ({ port }) => ({ protocol: 'tcp', port }),
  bulk: ({ port, sessions, period }) =>
    (PACKETS_PER_MESSAGE * sessions * 1000) / period > MOST_CAPTURED_PER_S
      ? `tcp port ${port} and tcp[tcpflags] & (tcp-syn|tcp-fin|tcp-rst) = 0`
      : undefined,
  bounds: ({ period }, { outage_ms }) =>
    outage_ms === undefined || outage_ms > MOST_BOUNDED_MS
      ? {}
      : { stall_ms: tcpStallBound({ outage_ms, period_ms: period, rtt_ms: MOST_RTT_MS }) },
  start: startTcp,
  analyse: analyseTcp,
};

async function startTcp(lab: Lab, name: string, options: TcpOptions): Promise<RunningProbe> {
  const { address, port, sessions, period, from, to } = options;
  const connect_timeout_ns = (START_TIMEOUT_S / 2) * 1000 * NS_PER_MS;
  const params = { address, port, sessions, period_ns: period * NS_PER_MS, connect_timeout_ns };
  const programs = await ProgramPair.start(
    lab,
    name,
    {
      server: { node: to, program: 'tcp_server', params: { address: '0.0.0.0', port } },
      client: { node: from, program: 'tcp_client', params },
    },
    START_TIMEOUT_S,
  );
  return new RunningTcp(name, programs);
}

class RunningTcp implements RunningProbe {
  readonly name: string;
  readonly #programs: ProgramPair;

  constructor(name: string, programs: ProgramPair) {
    this.name = name;
    this.#programs = programs;
  }

  async trouble(): Promise<string | undefined> {
    const status = await this.#status(0);
    if (status.open === status.sessions) return undefined;
    return `${status.open} of ${status.sessions} TCP sessions are open`;
  }

  /**
   * Every session is dead or has gone on. One whose router has forgotten it may be known as dead on one side
   * only: the side that speaks gets the reset, the other hears nothing.
   */
  async settled(since_ns: LabTime): Promise<boolean> {
    const { sessions, dead, progressed, waiting } = await this.#status(since_ns);
    if (dead + progressed + waiting.length < sessions) return false;
    if (waiting.length === 0) return true;
    const { dead_among } = await this.#programs.ask('server', {
      op: 'status',
      since_ns,
      dead_among: waiting,
    });
    return dead_among === waiting.length;
  }

  async stop(): Promise<ProbeFiles> {
    const names = recordNames(this.name);
    return {
      [names.client]: await this.#programs.finish('client'),
      [names.server]: await this.#programs.finish('server'),
    };
  }

  abandon(): Promise<void> {
    return this.#programs.end();
  }

  async #status(since_ns: LabTime): Promise<Status> {
    return (await this.#programs.ask('client', { op: 'status', since_ns })) as unknown as Status;
  }
}

function recordNames(probe: string): { client: string; server: string } {
  return { client: `${probe}-client.json`, server: `${probe}-server.json` };
}

function analyseTcp(
  name: string,
  { period }: TcpOptions,
  files: ProbeFiles,
  { fault_ns, heal_ns, end_ns }: TrialWindows,
): ProbeFindings {
  const names = recordNames(name);
  const outcome = sessionOutcome(sessionsOf(files, names.client), sessionsOf(files, names.server), {
    fault_ns,
    heal_ns,
    end_ns,
    fresh_ms: 2 * period + 1000,
    silence_ms: 3 * period,
  });
  const { sessions, survived, survived_ratio, reset, stalled, stall_ms, stall_median_ms, resumed_ns } =
    outcome;
  return {
    metrics: {
      sessions,
      survived,
      reset,
      stalled,
      ...(survived_ratio === undefined ? {} : { survived_ratio }),
      ...(stall_ms === undefined ? {} : { stall_ms }),
      ...(stall_median_ms === undefined ? {} : { stall_median_ms }),
    },
    outages: [],
    ...(resumed_ns === undefined ? {} : { resumed_ns }),
    open: [],
    doubts: [],
  };
}

/** What the probe's programs write of a session, as far as it is read. */
const records = z.object({
  sessions: z.array(
    z.object({
      id: z.union([z.string(), z.number()]),
      mode: z.enum(['client_first', 'server_first']),
      established_ns: z.number().nullable(),
      last_received_ns: z.number().nullable(),
      received: z.number(),
      longest_stall_ns: z.number(),
      stall_from_ns: z.number(),
      order_errors: z.number(),
      ended: z
        .object({
          at_ns: z.number(),
          how: z.enum(['reset', 'closed', 'refused', 'timed_out']),
          message: z.string(),
        })
        .nullable(),
    }),
  ),
});

function sessionsOf(files: ProbeFiles, name: string): SessionRecord[] {
  const text = new TextDecoder().decode(recordOf(files, name));
  const read = records.safeParse(parsed(text, name));
  if (read.success) return read.data.sessions;
  const { path, message } = read.error.issues[0]!;
  throw new InputError(`the record '${name}' is none of TCP sessions: ${path.join('.') || 'it'}: ${message}`);
}

function parsed(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`the record '${name}' is not JSON: ${messageOf(error)}`);
  }
}
