import { z } from 'zod';
import type { Records } from '../../evidence/records.ts';
import { type LabTime, NS_PER_MS } from '../../ground/time.ts';
import type { Bound } from '../../journal/journal.ts';
import type { Lab } from '../../lab/lab.ts';
import { duration } from '../../topology/duration.ts';
import { anyAddress, endpoints } from '../common-options.ts';
import { outageBound } from '../outage-metrics.ts';
import type { ProbeBoundCause, ProbeKind, RunningProbe } from '../probe.ts';
import { ProgramGroup } from '../program-group.ts';
import { analyseFlowsApart, FLOW_LATE_MS, FLOW_METRICS, FLOWS, flowRecord } from './new-flows-analysis.ts';

const START_TIMEOUT_S = 15;
/** So many answers in a row, of both, mean that service is back. */
const GOOD_STREAK = 20;

const options = z.strictObject({
  kind: z.literal('new-flows'),
  ...endpoints,
  port: z.int().min(1).max(65535).default(7004),
  interval: duration.prefault('10ms').refine((ms) => ms >= 5 && ms <= 100, 'allowed: 5ms to 100ms'),
});
type NewFlowOptions = z.output<typeof options>;

/** The same datagrams twice: of one flow that lasts, and each from a source port of its own, a new flow to all between. */
export const newFlows: ProbeKind<typeof options> = {
  kind: 'new-flows',
  summary:
    'datagrams of one lasting flow beside datagrams that are each a new flow: the outage of both, apart',
  options,
  metrics: FLOW_METRICS,
  most_late_ms: 50,
  nodes: ({ from, to }) => [from, to],
  port: ({ port }) => ({ protocol: 'udp', port }),
  bounds: (_options, cause) => bothBounds(cause),
  start: startNewFlows,
  analyse: (name, { interval }, files, windows) => analyseFlowsApart(name, interval, files, windows),
};

/** A takeover keeps both from the service for as long; of new flows alone something else may be known. */
function bothBounds(cause: ProbeBoundCause): Record<string, Bound | string> {
  const { outage_ms } = outageBound(cause);
  const new_outage_ms = cause.new_flows ?? outage_ms;
  return {
    ...(outage_ms === undefined ? {} : { established_outage_ms: outage_ms }),
    ...(new_outage_ms === undefined ? {} : { new_outage_ms }),
  };
}

async function startNewFlows(lab: Lab, name: string, options: NewFlowOptions): Promise<RunningProbe> {
  const { address, port, interval, from, to } = options;
  const params = { address, port, interval_ns: interval * NS_PER_MS, late_ns: FLOW_LATE_MS * NS_PER_MS };
  const clients = FLOWS.map((flow) => ({
    name: `${name}-${flow}`,
    node: from,
    program: 'udp_client',
    params: { ...params, fresh_ports: flow === 'new' },
  }));
  const server = {
    name: `${name}-server`,
    node: to,
    program: 'udp_echo',
    params: { address: anyAddress(address), port },
  };
  const programs = await ProgramGroup.start(lab, [server, ...clients], START_TIMEOUT_S);
  return new RunningNewFlows(name, interval, programs);
}

interface Status {
  sent: number;
  received: number;
  good_streak: number;
  now_ns: LabTime;
}

class RunningNewFlows implements RunningProbe {
  readonly name: string;
  readonly #interval_ms: number;
  readonly #programs: ProgramGroup;

  constructor(name: string, interval_ms: number, programs: ProgramGroup) {
    this.name = name;
    this.#interval_ms = interval_ms;
    this.#programs = programs;
  }

  async trouble(): Promise<string | undefined> {
    for (const flow of FLOWS) {
      const { good_streak, received, sent } = await this.#status(flow);
      if (good_streak < GOOD_STREAK)
        return `${flow}: ${received} of ${sent} datagrams answered, the last ${good_streak} in a row`;
    }
    return undefined;
  }

  async settled(since_ns: LabTime): Promise<boolean> {
    const judged_ns = (GOOD_STREAK * this.#interval_ms + FLOW_LATE_MS) * NS_PER_MS;
    for (const flow of FLOWS) {
      const { good_streak, now_ns } = await this.#status(flow);
      if (good_streak < GOOD_STREAK || now_ns - judged_ns <= since_ns) return false;
    }
    return true;
  }

  async stop(): Promise<Records> {
    const records: Record<string, Uint8Array> = {};
    for (const flow of FLOWS)
      records[flowRecord(this.name, flow)] = await this.#programs.finish(`${this.name}-${flow}`);
    await this.abandon();
    return records;
  }

  abandon(): Promise<void> {
    return this.#programs.end();
  }

  async #status(flow: string): Promise<Status> {
    return (await this.#programs.ask(`${this.name}-${flow}`, { op: 'status' })) as unknown as Status;
  }
}
