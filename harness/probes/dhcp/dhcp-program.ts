import { type LabTime, NS_PER_MS } from '../../ground/time.ts';
import type { Lab } from '../../lab/lab.ts';
import { macNumber } from '../../systems/dhcp/config/expand-ports.ts';
import { addressNumber } from '../../systems/dhcp/config/subnet.ts';
import { AgentProgram } from '../agent-program.ts';
import { requireInterface } from '../require-interface.ts';
import type { NetworkPort } from './network-ports.ts';
import { ANY_ADDRESS } from './records/dhcp-exchanges.ts';

const START_TIMEOUT_S = 15;

/** How `images/fabric/agent/probes/dhcp_client.py` is run. */
export interface DhcpProgramOptions {
  from: string;
  interface: string;
  /** Who the clients are; those of the held leases first. */
  clients: readonly NetworkPort[];
  /** Exchanges per second. */
  rate: number;
  held: number;
  retransmit_ms: number;
  give_up_ms: number;
  /** A client that has its address by then was served at its first try. */
  late_ms: number;
  /** Offers count for so long after their DISCOVER. */
  collect_ms: number;
  broadcast: boolean;
  /** An exchange ends as failed when its port's turn comes again; otherwise that ends the program. */
  reuse: boolean;
  /** Clients give their addresses back when their time for offers is over. */
  release: boolean;
  /** For a program that sleeps nearly all the time. */
  realtime: boolean;
}

/** What the program says of itself. */
export interface DhcpStatus {
  /** Its schedule has begun: the same servers answered twice. */
  measuring: boolean;
  /** All that have offered while it waited for that. */
  servers: string[];
  /** Exchanges that were begun, those that had their address within a second, and how many of these in a row. */
  begun: number;
  good: number;
  good_streak: number;
  /** When the oldest of the last ten good exchanges in a row began; null with fewer. */
  seen_working_since_ns: LabTime | null;
  held: number;
  /** Of the held leases, those that have an address. */
  holding: number;
  /** Of the held leases, those of which it is not known what became of them since the moment that was asked for. */
  undecided: number;
  /** Since the rate was set; null before the schedule has begun. */
  stage: {
    per_s: number;
    lasted_ns: number;
    begun: number;
    judged: number;
    good: number;
    /** How late the next exchange is already. */
    behind_ns: number;
    max_lateness_ns: number;
    cpu_ns: number;
  } | null;
  now_ns: LabTime;
}

/** The program that plays DHCP clients, on one interface of a node. */
export class DhcpProgram {
  readonly #program: AgentProgram;
  /** How many ports take turns: an exchange has one for itself for as many intervals. */
  readonly ports: number;

  private constructor(program: AgentProgram, ports: number) {
    this.#program = program;
    this.ports = ports;
  }

  /** @throws InputError when the node has no such interface. */
  static async start(lab: Lab, name: string, options: DhcpProgramOptions): Promise<DhcpProgram> {
    requireInterface(lab, options.from, options.interface);
    const program = new AgentProgram(lab, name);
    try {
      await program.start(
        { node: options.from, program: 'dhcp_client', params: paramsOf(options) },
        START_TIMEOUT_S,
      );
    } catch (error) {
      await program.end();
      throw error;
    }
    return new DhcpProgram(program, options.clients.length - options.held);
  }

  /** @param since_ns a moment after which held leases must have been decided; default: now. */
  async status(since_ns?: LabTime): Promise<DhcpStatus> {
    return (await this.#program.ask({ op: 'status', since_ns })) as unknown as DhcpStatus;
  }

  /** Exchanges per second from now on. */
  async setRate(per_s: number): Promise<void> {
    await this.#program.ask({ op: 'rate', per_s });
  }

  finish(): Promise<Buffer> {
    return this.#program.finish();
  }

  end(): Promise<void> {
    return this.#program.end();
  }
}

function paramsOf(options: DhcpProgramOptions): object {
  const { rate, held, broadcast, reuse, release, realtime } = options;
  return {
    interface: options.interface,
    ports: portRuns(options.clients),
    retransmit_ns: options.retransmit_ms * NS_PER_MS,
    give_up_ns: options.give_up_ms * NS_PER_MS,
    late_ns: options.late_ms * NS_PER_MS,
    collect_ns: options.collect_ms * NS_PER_MS,
    rate,
    held,
    broadcast,
    reuse,
    release,
    realtime,
  };
}

/** Ports in a row: MACs at equal distances, and addresses one after the other or any. */
export interface PortRun {
  mac: string;
  mac_step: number;
  address: string;
  count: number;
}

/** Ports whose MACs and addresses are both in a row, as one: a command line has room for so many words only. */
export function portRuns(ports: readonly NetworkPort[]): PortRun[] {
  const runs: PortRun[] = [];
  for (const { mac, address } of ports) {
    const run = runs.at(-1);
    if (run && run.count === 1 && address === ANY_ADDRESS)
      run.mac_step = Math.max(1, macNumber(mac) - macNumber(run.mac));
    const follows =
      run &&
      macNumber(mac) === macNumber(run.mac) + run.count * run.mac_step &&
      (address === ANY_ADDRESS
        ? run.address === ANY_ADDRESS
        : addressNumber(address) === addressNumber(run.address) + run.count);
    if (follows) run.count += 1;
    else runs.push({ mac, mac_step: 1, address, count: 1 });
  }
  return runs;
}
