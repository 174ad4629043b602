import type { LabTime } from '../ground/time.ts';
import type { FabricBmc } from '../topology/ports.ts';
import type { FabricAgent } from './agent.ts';
import type { AgentPort } from './agent-shapes.ts';
import { stableMac } from './mac.ts';

/** Below what a call may take. */
const LISTEN_S = 15;
/** Of a host whose nodes start one after the other. */
const SWITCH_TIMEOUT_MS = 60_000;

/** What of a lab's node is needed to start it as the lab does. */
interface MachineNode {
  readonly name: string;
  readonly host: string;
  readonly container_id: string;
  readonly ports: readonly AgentPort[];
  readonly spec: { readonly exec: string[][] };
  pid: number;
}

interface MachineLab {
  readonly agent: FabricAgent;
  node(name: string): MachineNode;
}

/**
 * The machines of a lab whose power BMCs switch. What a cluster has switched by fencing happens in the fabric, without
 * this process: it is followed here, so that each node is known by its present first process.
 */
export class MachinePower {
  readonly #lab: MachineLab;
  readonly #hosts: ReadonlySet<string>;
  /** Nodes that were switched off, and not on again. */
  readonly #off = new Set<string>();
  #seen = 0;
  #following = false;

  constructor(lab: MachineLab, bmcs: readonly FabricBmc[]) {
    this.#lab = lab;
    this.#hosts = new Set(bmcs.map(({ host }) => host));
  }

  /** Whether a BMC switches the power of the node's host. */
  switches({ host }: Pick<MachineNode, 'host'>): boolean {
    return this.#hosts.has(host);
  }

  /** Tells the agent what makes the node whole again; nothing for one that no BMC switches. @param watched its addresses are noted. */
  async enrol(node: MachineNode, watched: boolean): Promise<void> {
    const { name, host, container_id, ports, spec } = node;
    if (!this.switches(node)) return;
    await this.#lab.agent.call('enrol_node', {
      host,
      node: { node: name, container_id, ports: [...ports], watched, commands: spec.exec },
    });
  }

  /** What was switched until now need not be known: the nodes are looked at after this. */
  async skip(): Promise<void> {
    if (this.#hosts.size > 0) ({ seen: this.#seen } = await this.#ask(0));
  }

  /** Notes from now on, in the background, which nodes are switched; it ends with the connection to the agent. */
  follow(): void {
    if (this.#following || this.#hosts.size === 0) return;
    this.#following = true;
    void this.#listen().catch(() => {
      this.#following = false;
    });
  }

  /** Waits until no machine is being switched, and knows every node by its present first process. */
  async settle(): Promise<void> {
    if (this.#hosts.size === 0) return;
    await this.#lab.agent.call('settle_power', {}, SWITCH_TIMEOUT_MS);
    await this.#take(0);
  }

  /** Starts what does not run of a machine, as its BMC would. Harmless when all of it runs. */
  async on(host: string): Promise<void> {
    await this.#lab.agent.call('power_on', { host, by: 'harness' }, SWITCH_TIMEOUT_MS);
    await this.#take(0);
  }

  /** Starts the machines of these nodes that their BMC has left without power; a node that ended otherwise stays so. */
  async restore(nodes: readonly MachineNode[]): Promise<void> {
    await this.settle();
    for (const host of new Set(nodes.filter(({ name }) => this.#off.has(name)).map((node) => node.host)))
      await this.on(host);
  }

  async #listen(): Promise<void> {
    while (this.#following) await this.#take(LISTEN_S);
  }

  async #take(timeout_s: number): Promise<void> {
    const from = this.#seen;
    const { seen, changes } = await this.#ask(timeout_s);
    // Both who listens and who asks may have been told the same.
    for (const { node, pid } of changes.slice(Math.max(0, this.#seen - from))) {
      this.#lab.node(node).pid = pid;
      if (pid === 0) this.#off.add(node);
      else this.#off.delete(node);
    }
    this.#seen = Math.max(this.#seen, seen);
  }

  #ask(timeout_s: number) {
    return this.#lab.agent.call('power_changes', { seen: this.#seen, timeout_s });
  }

  /** Whether the machine of the node was being switched on at this moment. */
  async startsAt({ name }: MachineNode, at_ns: LabTime): Promise<boolean> {
    const events = await this.#lab.agent.call('power_events', { since_ns: at_ns });
    return events.some(
      ({ act, nodes, asked_ns }) => act === 'on' && nodes.includes(name) && asked_ns <= at_ns,
    );
  }
}

/** The BMCs as the agent makes them: each with the same MAC in every lab. */
export function agentBmcs(bmcs: readonly FabricBmc[]) {
  return bmcs.map(({ host, bridge, port, address, off_after_ms = 0 }) => ({
    host,
    bridge,
    port,
    address,
    mac: stableMac(host, 'bmc'),
    off_after_s: off_after_ms / 1000,
  }));
}
