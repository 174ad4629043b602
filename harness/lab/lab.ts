import { apiMessage, apiStatus } from '../engine/api-status.ts';
import type { Engine } from '../engine/connect.ts';
import { type ExecResult, execInContainer } from '../engine/exec-in-container.ts';
import { lastLogLines } from '../engine/last-log-lines.ts';
import { EnvironmentError, InputError } from '../ground/errors.ts';
import { type FabricPort, fabricPorts } from '../topology/ports.ts';
import type { Topology, TopologyNode } from '../topology/topology.ts';
import type { FabricAgent } from './agent.ts';
import type { AgentPort } from './agent-shapes.ts';
import { Label, labelFilter } from './labels.ts';
import { stableMac } from './mac.ts';
import { MachinePower } from './machine-power.ts';
import { nodeStopped } from './node-stopped.ts';
import { OwnActs } from './own-acts.ts';
import { removeLab } from './remove.ts';
import { SetupTimes } from './setup-times.ts';

const EXEC_TIMEOUT_MS = 60_000;

/**
 * A node of a running lab. `pid` changes when the node is restarted, `container_id` as well when it is made anew, and `image`
 * with both when another container stands in for its own.
 */
export interface LabNode {
  readonly name: string;
  readonly host: string;
  readonly spec: TopologyNode;
  container_id: string;
  image: string;
  /** Its own container, which is kept, where another one stands in for it. */
  own?: Pick<LabNode, 'container_id' | 'image'>;
  readonly ports: readonly AgentPort[];
  /** Process id of the container's first process on the engine's machine; 0 while it is down. */
  pid: number;
}

/** A topology that is running. Dispose of it (`await using`) to remove it. */
export class Lab implements AsyncDisposable {
  readonly #nodes = new Map<string, LabNode>();

  /** @internal */
  readonly engine: Engine;
  readonly name: string;
  readonly run_id: string;
  readonly topology: Topology;
  readonly agent: FabricAgent;
  /** What was asked of the engine here. @internal */
  readonly acts = new OwnActs();
  /** Of the hosts that have a BMC. @internal */
  readonly power: MachinePower;
  /**
   * Done whenever a node is wired, before its links are raised: what they write into the node is there when the node
   * boots. By the name of who does it.
   * @internal
   */
  readonly preparations = new Map<string, (node: LabNode) => Promise<void>>();
  /** How long it took until the lab was up. @internal */
  readonly setup: SetupTimes;

  /** @internal */
  constructor(
    engine: Engine,
    name: string,
    run_id: string,
    topology: Topology,
    agent: FabricAgent,
    setup = new SetupTimes(),
  ) {
    this.engine = engine;
    this.name = name;
    this.run_id = run_id;
    this.topology = topology;
    this.agent = agent;
    this.setup = setup;
    this.power = new MachinePower(this, fabricPorts(topology).bmcs);
  }

  /** Takes a node whose container exists into the lab. */
  adopt(node: LabNode): void {
    this.#nodes.set(node.name, node);
  }

  /** In the order of the topology file. */
  get nodes(): LabNode[] {
    return this.topology.nodes.flatMap(({ name }) => this.#nodes.get(name) ?? []);
  }

  /** @throws InputError naming the nodes that exist. */
  node(name: string): LabNode {
    const node = this.#nodes.get(name);
    if (!node) {
      throw new InputError(
        `lab '${this.name}' has no node '${name}'; it has ${this.nodes.map((one) => one.name).join(', ')}`,
      );
    }
    return node;
  }

  nodesOfHost(host: string): LabNode[] {
    return this.nodes.filter((node) => node.host === host);
  }

  /** Runs a command inside a node, as `docker exec` does. */
  exec(node: string, argv: string[], timeout_ms = EXEC_TIMEOUT_MS): Promise<ExecResult> {
    const container = this.engine.docker.getContainer(this.node(node).container_id);
    return execInContainer(container, argv, { timeout_ms });
  }

  /** The last lines that a node's daemons logged. */
  log(node: string, lines?: number): Promise<string> {
    return lastLogLines(this.engine.docker.getContainer(this.node(node).container_id), lines);
  }

  /**
   * Starts a node's container, wires it and runs its `exec`; its daemons wait for the wires. Where a BMC switches its host
   * the agent does so, for all nodes of the host.
   */
  async startNode(node: LabNode): Promise<void> {
    if (this.power.switches(node)) return this.power.on(node.host);
    const container = this.engine.docker.getContainer(node.container_id);
    this.acts.expect(node.container_id, 'start');
    await container.start().catch((error: unknown) => {
      this.acts.withdraw(node.container_id, 'start');
      // 304: it runs already.
      if (apiStatus(error) === 304) return;
      throw new EnvironmentError(
        `node '${node.name}': the engine does not start its container: ${apiMessage(error)}`,
      );
    });
    await this.plugNode(node);
    await this.prepareNode(node);
    await this.raiseLinks(node);
    await this.configureNode(node);
  }

  /** Wires a node whose container runs; its links stay down, and its boot waits, until they are raised. */
  async plugNode(node: LabNode): Promise<void> {
    const { State: state } = await this.engine.docker.getContainer(node.container_id).inspect();
    node.pid = state.Running ? state.Pid : 0;
    if (!node.pid) throw await nodeStopped(this.engine, node, 'right after its start');
    await this.#whileRunning(node, async () => {
      const { container_id, pid } = node;
      await this.agent.call('adopt_node', { container_id, pid });
      await this.power.enrol(node, this.isWatched(node));
      if (node.ports.length > 0) await this.agent.call('plug', { pid, ports: [...node.ports] });
      await this.watchNode(node);
    });
  }

  /** Prepares a wired node for its boot. @internal */
  async prepareNode(node: LabNode): Promise<void> {
    for (const prepare of this.preparations.values()) await prepare(node);
  }

  /** Lets a wired node boot. */
  async raiseLinks(node: LabNode): Promise<void> {
    const interfaces = node.ports.map((port) => port.interface);
    if (interfaces.length === 0) return;
    await this.#whileRunning(node, () => this.agent.call('raise_links', { pid: node.pid, interfaces }));
  }

  /** Whether it may share addresses with others: in a virtual router, in a cluster. */
  isWatched({ spec }: LabNode): boolean {
    return spec.virtual_routers.length > 0 || 'hadrill.cluster' in spec.labels;
  }

  /** Has the agent note the addresses of a node that may share some with others: in a virtual router, in a cluster. */
  async watchNode(node: LabNode): Promise<void> {
    if (node.pid === 0 || !this.isWatched(node)) return;
    await this.agent.call('watch_addresses', { node: node.name, pid: node.pid });
  }

  /** Runs the topology's `exec` commands of a node. @throws EnvironmentError when one fails. */
  async configureNode(node: LabNode, commands: readonly string[][] = node.spec.exec): Promise<void> {
    for (const command of commands) {
      const done = await this.exec(node.name, command);
      if (done.exit_code === 0) continue;
      throw new EnvironmentError(
        `node '${node.name}': the command '${command.join(' ')}' ended with ${done.exit_code}: ` +
          `${(done.stderr || done.stdout).trim()}`,
      );
    }
  }

  async isRunning(node: LabNode): Promise<boolean> {
    const { State: state } = await this.engine.docker.getContainer(node.container_id).inspect();
    return state.Running;
  }

  /** Whether the node's first process lives, by the kernel's word: the engine notices an end later. */
  async isAlive({ pid }: LabNode): Promise<boolean> {
    return pid > 0 && (await this.agent.call('alive', { pids: [pid] })).includes(pid);
  }

  /** @throws EnvironmentError with the last log lines of the first of these nodes that does not run. */
  async requireRunning(nodes: readonly LabNode[]): Promise<void> {
    const found = await this.engine.docker.listContainers({ filters: labelFilter(Label.run, this.run_id) });
    const running = new Set(found.map((container) => container.Id));
    // The engine may not have noticed yet what the kernel knows.
    const alive = new Set(await this.agent.call('alive', { pids: nodes.map((node) => node.pid) }));
    const stopped = nodes.find((node) => !running.has(node.container_id) || !alive.has(node.pid));
    if (stopped) throw await nodeStopped(this.engine, stopped, 'right after its start');
  }

  /** Lets the lab outlive this process. */
  async release(): Promise<void> {
    await this.agent.call('release', {});
  }

  /** Closes this process's connection; the lab goes on when it was released or belongs to another. */
  disconnect(): void {
    this.agent.close();
  }

  /** Removes the lab. */
  async down(): Promise<void> {
    try {
      await removeLab(this.engine, this.name);
    } finally {
      // Not before: a fabric that loses its lifeline would set about removing the same containers.
      this.agent.close();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.down();
  }

  /** If the call failed because the node stopped, reports that instead. */
  async #whileRunning(node: LabNode, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw (await this.isRunning(node))
        ? error
        : await nodeStopped(this.engine, node, 'right after its start');
    }
  }
}

/** The wire ends of a node, as the agent plugs them. */
export function agentPorts(node: string, ports: readonly FabricPort[]): AgentPort[] {
  return ports
    .filter((port) => port.node === node)
    .map(({ port, bridge, interface: name, mac, ipv4, ipv6, mtu }) => ({
      port,
      bridge,
      interface: name,
      mac: mac ?? stableMac(node, name),
      ...(ipv4 ? { ipv4 } : {}),
      ...(ipv6 ? { ipv6 } : {}),
      ...(mtu ? { mtu } : {}),
    }));
}
