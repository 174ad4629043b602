import { z } from 'zod';
import { type LabTime, NS_PER_MS } from '../ground/time.ts';
import type { Lab } from '../lab/lab.ts';
import { type SessionRecord, sessionOutcome } from '../measure/session-outcome.ts';
import { duration, endpoints } from './common-options.ts';
import type { ProbeFindings, ProbeKind, RunningProbe, TrialWindows } from './probe.ts';
import { ProgramPair } from './program-pair.ts';

const START_TIMEOUT_S = 60;

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
  },
  nodes: ({ from, to }) => [from, to],
  port: ({ port }) => ({ protocol: 'tcp', port }),
  start: startTcp,
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
  return new RunningTcp(name, options, programs);
}

class RunningTcp implements RunningProbe {
  readonly name: string;
  readonly #options: TcpOptions;
  readonly #programs: ProgramPair;

  constructor(name: string, options: TcpOptions, programs: ProgramPair) {
    this.name = name;
    this.#options = options;
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

  async stop(windows: TrialWindows): Promise<ProbeFindings> {
    const client = await this.#programs.finish('client');
    const server = await this.#programs.finish('server');
    const outcome = sessionOutcome(sessionsOf(client), sessionsOf(server), {
      fault_ns: windows.fault_ns,
      end_ns: windows.end_ns,
      fresh_ms: 2 * this.#options.period + 1000,
    });
    const { sessions, survived, survived_ratio, reset, stalled, stall_ms, stall_median_ms } = outcome;
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
      open: [],
      files: { [`${this.name}-client.json`]: client, [`${this.name}-server.json`]: server },
    };
  }

  abandon(): Promise<void> {
    return this.#programs.end();
  }

  async #status(since_ns: LabTime): Promise<Status> {
    return (await this.#programs.ask('client', { op: 'status', since_ns })) as unknown as Status;
  }
}

function sessionsOf(json: Buffer): SessionRecord[] {
  return (JSON.parse(json.toString('utf8')) as { sessions: SessionRecord[] }).sessions;
}
