import pLimit, { type LimitFunction } from 'p-limit';
import { InputError } from '../../../ground/errors.ts';
import { didYouMean } from '../../../ground/near-name.ts';
import type { LabTime } from '../../../ground/time.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { allDone } from '../../neutron-scheduling/live/all-done.ts';
import type { SchedulingServer } from '../../neutron-scheduling/live/rescheduler.ts';
import { whileUp } from '../../neutron-scheduling/live/while-up.ts';
import type { AgentTimes } from '../../neutron-scheduling/rescheduling-bound.ts';
import { type Bindings, type Place, schedule } from '../../neutron-scheduling/schedule.ts';
import type { DhcpAgent, Network, Networks, Port } from '../config/networks.ts';
import { newPort } from '../config/new-port.ts';
import { boundPlaceFiles, type PlaceFiles } from '../config/render-files.ts';
import { clearFiles, endService, reloadService, startService, writeFiles } from './place.ts';

/** What is known of one network at this moment. */
interface State {
  readonly network: Network;
  ports: readonly Port[];
  /** Whatever is done to a network is done after what was begun before. */
  readonly turn: LimitFunction;
}

/**
 * Plays the part of OpenStack's Neutron server and of its DHCP agents' own work in a lab: it says which hosts serve
 * which networks, and keeps the files of their dnsmasq as they are to be.
 */
export class NeutronServer implements SchedulingServer {
  static readonly #of = new WeakMap<Lab, NeutronServer>();
  readonly networks: Networks;
  readonly places: readonly Place[];
  readonly #lab: Lab;
  readonly #states: ReadonlyMap<string, State>;
  readonly #initial: Bindings;
  #bindings: Bindings;

  private constructor(lab: Lab, networks: Networks) {
    this.#lab = lab;
    this.networks = networks;
    this.#states = new Map(
      networks.networks.map((network) => [network.name, { network, ports: network.ports, turn: pLimit(1) }]),
    );
    const names = networks.networks.map(({ name }) => name);
    this.places = networks.agents.map(({ node, host, network }) => ({ node, host, serves: network }));
    this.#initial = schedule(names, this.places, networks.settings.dhcp_agents_per_network);
    this.#bindings = this.#initial;
  }

  /**
   * A server that schedules every network and prepares the lab's nodes from now on, also those that come back.
   * @param lab before its nodes are wired (`onLab` of `up`), or one that had such a server before.
   */
  static create(lab: Lab, networks: Networks): NeutronServer {
    const server = new NeutronServer(lab, networks);
    NeutronServer.#of.set(lab, server);
    lab.preparations.set('dhcp', (node) => server.prepare(node));
    return server;
  }

  /** The server of a lab; undefined when this process gave it none. */
  static of(lab: Lab): NeutronServer | undefined {
    return NeutronServer.#of.get(lab);
  }

  get failover(): boolean {
    return this.networks.settings.allow_automatic_dhcp_failover;
  }

  get times(): AgentTimes {
    return this.networks.settings;
  }

  /** Which hosts serve each network now. What was given out does not change any more. */
  bindings(): Bindings {
    return this.#bindings;
  }

  /** The ports of a network now. @throws InputError for an unknown network. */
  ports(network: string): readonly Port[] {
    return this.#state(network).ports;
  }

  /**
   * Puts a place's files in order while its daemons do not run yet: those of a bound place are written, those of an
   * unbound one removed. Does nothing to other nodes.
   */
  async prepare(node: LabNode): Promise<void> {
    const agent = this.networks.agents.find((one) => one.node === node.name);
    if (!agent) return;
    const state = this.#state(agent.network);
    await state.turn(async () => {
      if (this.#isBound(agent)) await writeFiles(this.#lab, node, this.#filesOf(state, agent));
      else await clearFiles(this.#lab, node);
    });
  }

  /**
   * Gives a network a new port, and informs the agents that serve it.
   * @returns when the last of them was informed; undefined when none of them runs.
   * @throws InputError for an unknown network, or a port that cannot be in it.
   */
  addPort(network: string, port: Pick<Port, 'name' | 'mac' | 'address'>): Promise<LabTime | undefined> {
    return this.#change(network, (ports, state) => [
      ...ports,
      newPort(port, ports, state.network, this.#agentsOf(network)),
    ]);
  }

  /**
   * Gives a port another address. As Neutron's agents do, the lease of the old one is released at each of them.
   * @returns when the last of the agents was informed; undefined when none of them runs.
   * @throws InputError for an unknown network or port, or an address that it cannot have.
   */
  movePort(network: string, name: string, address: string): Promise<LabTime | undefined> {
    return this.#change(network, (ports, state) => {
      const old = portNamed(name, ports, network);
      const others = ports.filter((port) => port !== old);
      const moved = newPort({ ...old, address }, others, state.network, this.#agentsOf(network));
      return ports.map((port) => (port === old ? { ...moved, in_range: old.in_range } : port));
    });
  }

  /**
   * Takes a port from a network; its lease is released at each agent.
   * @returns when the last of the agents was informed; undefined when none of them runs.
   * @throws InputError for an unknown network or port.
   */
  removePort(network: string, name: string): Promise<LabTime | undefined> {
    return this.#change(network, (ports) => {
      const old = portNamed(name, ports, network);
      return ports.filter((port) => port !== old);
    });
  }

  /**
   * Has a host serve a network; returns when its dnsmasq runs, or at once when the host does not: then it will as
   * soon as the host is back.
   * @throws InputError when the host has no place for it; EnvironmentError when dnsmasq does not start.
   */
  async bind(network: string, host: string): Promise<void> {
    const state = this.#state(network);
    const agent = this.#agent(network, host);
    await state.turn(async () => {
      if (this.#isBound(agent)) return;
      this.#rebind(network, (hosts) => [...hosts, host]);
      const files = this.#filesOf(state, agent);
      await whileUp(this.#lab, agent, (node) => startService(this.#lab, node, files));
    });
  }

  /**
   * Has a host serve a network no longer: its dnsmasq ends, and nothing of the network stays there.
   * @throws InputError when the host has no place for it; EnvironmentError when dnsmasq does not end.
   */
  async unbind(network: string, host: string): Promise<void> {
    const state = this.#state(network);
    const agent = this.#agent(network, host);
    await state.turn(async () => {
      if (!this.#isBound(agent)) return;
      this.#rebind(network, (hosts) => hosts.filter((one) => one !== host));
      await whileUp(this.#lab, agent, (node) => endService(this.#lab, node));
    });
  }

  /** Back to the bindings and ports of the beginning, for the next trial; leases of other ports are released. */
  async reset(): Promise<void> {
    const work = [...this.#initial].map(async ([network, hosts]) => {
      const now = this.#bindings.get(network) ?? [];
      for (const host of now.filter((one) => !hosts.includes(one))) await this.unbind(network, host);
      for (const host of hosts.filter((one) => !now.includes(one))) await this.bind(network, host);
      const state = this.#state(network);
      if (state.ports !== state.network.ports) await this.#change(network, () => state.network.ports);
    });
    await allDone(work);
  }

  /** Tells every place that the network is bound to, all at once. */
  async #change(
    network: string,
    change: (ports: readonly Port[], state: State) => readonly Port[],
  ): Promise<LabTime | undefined> {
    const state = this.#state(network);
    return state.turn(async () => {
      const before = state.ports;
      state.ports = change(before, state);
      const kept = new Set(state.ports.map(({ mac, address }) => `${mac} ${address}`));
      const gone = before.filter(({ mac, address }) => !kept.has(`${mac} ${address}`));
      const bound = this.#agentsOf(network).filter((agent) => this.#isBound(agent));
      const informed = await allDone(bound.map((agent) => this.#inform(state, agent, gone)));
      const moments = informed.filter((moment) => moment !== undefined);
      return moments.length > 0 ? Math.max(...moments) : undefined;
    });
  }

  #inform(state: State, agent: DhcpAgent, gone: readonly Port[]): Promise<LabTime | undefined> {
    const files = this.#filesOf(state, agent);
    const iface = agent.interface;
    return whileUp(this.#lab, agent, (node) => reloadService(this.#lab, { node, iface }, files, gone));
  }

  #filesOf({ network, ports }: State, agent: DhcpAgent): PlaceFiles {
    return boundPlaceFiles(network, ports, this.#agentsOf(network.name), agent, this.networks.settings);
  }

  #rebind(network: string, change: (hosts: readonly string[]) => readonly string[]): void {
    this.#bindings = new Map(this.#bindings).set(network, change(this.#bindings.get(network) ?? []));
  }

  #isBound({ network, host }: DhcpAgent): boolean {
    return this.#bindings.get(network)?.includes(host) ?? false;
  }

  #agentsOf(network: string): readonly DhcpAgent[] {
    return this.networks.agents.filter((agent) => agent.network === network);
  }

  #agent(network: string, host: string): DhcpAgent {
    const agents = this.#agentsOf(network);
    const found = agents.find((agent) => agent.host === host);
    if (found) return found;
    const hosts = agents.map((agent) => agent.host);
    throw new InputError(
      `host '${host}' has no place for network '${network}'${didYouMean(host, hosts)}; these have: ${hosts.join(', ')}`,
    );
  }

  #state(network: string): State {
    const state = this.#states.get(network);
    if (state) return state;
    const names = [...this.#states.keys()];
    throw new InputError(
      `there is no network '${network}'${didYouMean(network, names)}; there are ${names.join(', ')}`,
    );
  }
}

function portNamed(name: string, ports: readonly Port[], network: string): Port {
  const port = ports.find((one) => one.name === name);
  if (port) return port;
  const names = ports.map((one) => one.name);
  throw new InputError(`network '${network}' has no port '${name}'${didYouMean(name, names)}`);
}
