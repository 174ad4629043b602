import type { Records } from '../../evidence/records.ts';
import { type LabTime, NS_PER_MS } from '../../ground/time.ts';
import type { Lab } from '../../lab/lab.ts';
import { AgentProgram } from '../agent-program.ts';
import type { RunningProbe } from '../probe.ts';

const START_TIMEOUT_S = 15;
/** So many right answers in a row, in time, mean that service is back. */
const GOOD_STREAK = 10;

/** What the client asks for, and what it takes for right. */
export interface HttpQuestion {
  from: string;
  address: string;
  port: number;
  /** Tried in this order when the connection to the one before is refused, or takes longer than `connect_timeout`, ms. */
  other_addresses?: readonly string[];
  connect_timeout?: number;
  host: string;
  path: string;
  interval: number;
  late: number;
  timeout: number;
  /** Kept and used in turn; 0: a new one for every request. */
  connections: number;
  content: 'any' | 'echo' | 'metadata';
  /** Of `metadata`: what the answer must say. */
  expected: Readonly<Record<string, string>>;
}

interface Status {
  sent: number;
  right: number;
  good_streak: number;
  last_outcome: string;
  now_ns: LabTime;
}

/** Starts an HTTP client on its schedule. */
export async function startHttp(lab: Lab, name: string, question: HttpQuestion): Promise<RunningProbe> {
  const { from, interval, late, timeout, other_addresses = [], connect_timeout, ...asked } = question;
  const others = other_addresses.map((address) => ({ address, port: asked.port }));
  const program = new AgentProgram(lab, name);
  const params = {
    ...asked,
    interval_ns: Math.round(interval * NS_PER_MS),
    late_ns: Math.round(late * NS_PER_MS),
    timeout_ns: Math.round(timeout * NS_PER_MS),
    ...(others.length > 0 ? { others, connect_ns: Math.round(connect_timeout! * NS_PER_MS) } : {}),
  };
  try {
    await program.start({ node: from, program: 'http_client', params }, START_TIMEOUT_S);
  } catch (error) {
    await program.end();
    throw error;
  }
  return new RunningHttp(name, question, program);
}

/** Name of the record of such a probe. */
export function httpRecordName(probe: string): string {
  return `${probe}.csv`;
}

class RunningHttp implements RunningProbe {
  readonly name: string;
  readonly #question: HttpQuestion;
  readonly #program: AgentProgram;

  constructor(name: string, question: HttpQuestion, program: AgentProgram) {
    this.name = name;
    this.#question = question;
    this.#program = program;
  }

  async trouble(): Promise<string | undefined> {
    const { good_streak, right, sent, last_outcome } = await this.#status();
    if (good_streak >= GOOD_STREAK) return undefined;
    return `${right} of ${sent} requests answered correctly, the last ${good_streak} in a row; the last outcome: ${last_outcome}`;
  }

  async settled(since_ns: LabTime): Promise<boolean> {
    const { good_streak, now_ns } = await this.#status();
    // The status judges no request that may still be answered in time.
    const judged_ns = (GOOD_STREAK * this.#question.interval + this.#question.late) * NS_PER_MS;
    return good_streak >= GOOD_STREAK && now_ns - judged_ns > since_ns;
  }

  async stop(): Promise<Records> {
    return { [httpRecordName(this.name)]: await this.#program.finish() };
  }

  abandon(): Promise<void> {
    return this.#program.end();
  }

  async #status(): Promise<Status> {
    return (await this.#program.ask({ op: 'status' })) as unknown as Status;
  }
}
