import { sleep } from '../../ground/wait.ts';
import { macNumber, macText } from '../../systems/dhcp/config/expand-ports.ts';
import { addressText, subnetOf } from '../../systems/dhcp/config/subnet.ts';
import type { NeutronServer } from '../../systems/dhcp/live/neutron-server.ts';
import type { AgentProgram } from '../agent-program.ts';
import type { PortStep } from './dhcp-port-steps.ts';

const POLL_MS = 50;
const FIRST_MAC = macNumber('02:fe:00:00:00:00');
/** So many ports, each with two addresses, take turns at the upper end of the subnet. */
const TURNS = 50;

/** Gives ports their lives, one after the other: added, moved, removed; a client asks after each step. */
export class PortLives {
  /** Ports that have come and gone. */
  lived = 0;
  readonly #neutron: NeutronServer;
  readonly #network: string;
  readonly #program: AgentProgram;
  readonly #steps: PortStep[] = [];
  readonly #ending = new AbortController();
  /** By turn, the life that has its addresses. */
  readonly #lives = new Map<number, Promise<void>>();
  readonly #work: Promise<void>;
  #failure: unknown;

  /** @param period_ms between two new ports. */
  constructor(neutron: NeutronServer, network: string, program: AgentProgram, period_ms: number) {
    this.#neutron = neutron;
    this.#network = network;
    this.#program = program;
    this.#work = this.#run(period_ms);
  }

  /**
   * Begins nothing more, and ends when what was begun has ended. Harmless twice.
   * @returns every step that was made, in order.
   * @throws whatever went wrong.
   */
  async end(): Promise<PortStep[]> {
    this.#ending.abort();
    await this.#work;
    await Promise.all(this.#lives.values());
    if (this.#failure !== undefined) throw this.#failure;
    return this.#steps;
  }

  async #run(period_ms: number): Promise<void> {
    const { signal } = this.#ending;
    for (let number = 0; !signal.aborted; number += 1) {
      // Where agents are slow, the port that had these addresses may still live.
      await this.#lives.get(number % TURNS);
      if (signal.aborted) return;
      const life = this.#live(number).catch((error: unknown) => {
        this.#failure ??= error;
        this.#ending.abort();
      });
      this.#lives.set(number % TURNS, life);
      await sleep(period_ms, signal).catch(() => undefined);
    }
  }

  async #live(number: number): Promise<void> {
    const { networks } = this.#neutron;
    const subnet = subnetOf(networks.networks.find((one) => one.name === this.#network)!.subnet);
    const top = subnet.last - 1 - 2 * (number % TURNS);
    const port = { name: `new-${number}`, mac: macText(FIRST_MAC + number), address: addressText(top) };
    const moved = addressText(top - 1);
    const { name } = port;
    await this.#step('added', port.mac, port.address, () => this.#neutron.addPort(this.#network, port));
    await this.#step('moved', port.mac, moved, () => this.#neutron.movePort(this.#network, name, moved));
    await this.#step('removed', port.mac, moved, () => this.#neutron.removePort(this.#network, name));
    this.lived += 1;
  }

  /** A port that was begun with is also removed, whatever ends meanwhile. */
  async #step(
    step: PortStep['step'],
    mac: string,
    address: string,
    tell: () => ReturnType<NeutronServer['addPort']>,
  ): Promise<void> {
    if (this.#ending.signal.aborted && step !== 'removed') return;
    if (this.#ending.signal.aborted && !this.#neutron.ports(this.#network).some((port) => port.mac === mac))
      return;
    const told_ns = await tell();
    const seq = this.#steps.length;
    this.#steps.push({ seq, step, mac, address, told_ns: told_ns ?? null });
    if (this.#ending.signal.aborted) return;
    await this.#program.ask({ op: 'exchange', mac, seq });
    while (!this.#ending.signal.aborted && (await this.#running()).includes(seq))
      await sleep(POLL_MS, this.#ending.signal).catch(() => undefined);
  }

  async #running(): Promise<number[]> {
    return (await this.#program.ask({ op: 'status' })).running as number[];
  }
}
