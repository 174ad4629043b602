import { z } from 'zod';
import type { Records } from '../../evidence/records.ts';
import { NS_PER_MS } from '../../ground/time.ts';
import { metric } from '../../journal/metric.ts';
import type { Lab } from '../../lab/lab.ts';
import { duration } from '../../topology/duration.ts';
import { AgentProgram } from '../agent-program.ts';
import { clientSide } from '../common-options.ts';
import type { ProbeKind, RunningProbe } from '../probe.ts';
import { requireInterface } from '../require-interface.ts';
import { analysePortSteps } from './dhcp-port-analysis.ts';
import { PortLives } from './dhcp-port-lives.ts';
import { neutronOf } from './network-ports.ts';
import { MOST_LATE_MS } from './records/dhcp-exchanges.ts';

const { duration: time, ratio, count } = metric;

const START_TIMEOUT_S = 15;
const RETRANSMIT_MS = 1000;
/** A client of a removed port is to get nothing: after so long it has got nothing. */
const GIVE_UP_MS = 3000;

const options = z.strictObject({
  kind: z.literal('dhcp-port'),
  ...clientSide,
  network: z.string().describe('the network that gets new ports'),
  period: duration
    .prefault('1s')
    .refine((ms) => ms >= 200 && ms <= 60_000, 'allowed: 200ms to 60s')
    .describe('time between two new ports'),
});
type PortOptions = z.output<typeof options>;

/** Ports come, are moved to another address and go; after each a client with their MAC asks for an address. */
export const dhcpPort: ProbeKind<typeof options> = {
  kind: 'dhcp-port',
  summary: 'ports are added, moved and removed; after each step a client of that port asks for an address',
  options,
  metrics: {
    added: count('ports that were added from the fault on, as far as it is known what their client got'),
    added_served_ratio: ratio('of these, those whose client got the address of the port'),
    moved: count('ports that were given another address from the fault on'),
    moved_served_ratio: ratio('of these, those whose client got the new address'),
    removed: count('ports that were taken away from the fault on'),
    removed_refused_ratio: ratio('of these, those whose client got no address any more'),
    wrong_offers: count(
      'offers of an address that the port did not have (any more), from the fault on: a server that is still reading may make some',
    ),
    served_ms: time(
      'longest time from when the last agent is notified of a step to the ACK, from the fault on',
    ),
    served_median_ms: time('the median of it'),
  },
  on_link: true,
  most_late_ms: MOST_LATE_MS,
  nodes: ({ from }) => [from],
  port: () => ({ protocol: 'udp', port: 67 }),
  start: startPorts,
  analyse: (name, _options, files, windows) => analysePortSteps(name, files, windows),
};

async function startPorts(lab: Lab, name: string, options: PortOptions): Promise<RunningProbe> {
  const neutron = neutronOf(lab, options.network);
  requireInterface(lab, options.from, options.interface);
  const program = new AgentProgram(lab, name);
  const params = {
    interface: options.interface,
    retransmit_ns: RETRANSMIT_MS * NS_PER_MS,
    give_up_ns: GIVE_UP_MS * NS_PER_MS,
  };
  try {
    await program.start({ node: options.from, program: 'dhcp_port_client', params }, START_TIMEOUT_S);
  } catch (error) {
    await program.end();
    throw error;
  }
  return new RunningPorts(name, program, new PortLives(neutron, options.network, program, options.period));
}

class RunningPorts implements RunningProbe {
  readonly name: string;
  readonly #program: AgentProgram;
  readonly #lives: PortLives;

  constructor(name: string, program: AgentProgram, lives: PortLives) {
    this.name = name;
    this.#program = program;
    this.#lives = lives;
  }

  async trouble(): Promise<string | undefined> {
    return this.#lives.lived > 0 ? undefined : 'no port has been added, moved and removed yet';
  }

  async settled(): Promise<boolean> {
    return true;
  }

  async stop(): Promise<Records> {
    const steps = await this.#lives.end();
    const records = await this.#program.finish();
    await this.#program.end();
    return {
      [`${this.name}.jsonl`]: records,
      [`${this.name}-steps.json`]: Buffer.from(`${JSON.stringify(steps)}\n`),
    };
  }

  async abandon(): Promise<void> {
    await this.#lives.end().catch(() => undefined);
    await this.#program.end();
  }
}
