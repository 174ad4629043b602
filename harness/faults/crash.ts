import { waitUntil } from '../ground/wait.ts';
import type { ChangeTime, GuardStep } from '../lab/agent.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt, Fault, FaultKind } from './fault.ts';
import { describeResolved, nodesOf, type ResolvedTarget } from './resolve-target.ts';
import { settle } from './settle.ts';

const STOP_TIMEOUT_MS = 10_000;

/**
 * The machine loses its power: the ports of all its nodes are cut and every process is killed in one
 * instant, so nobody says goodbye. Reverting starts the nodes, plugs them in and runs their `exec`.
 */
export const crash: FaultKind = {
  kind: 'crash',
  summary: 'a host or node loses its power: ports cut and every process SIGKILLed in one instant',
  targets: ['node', 'host'],
  options: {},
  prepare: (lab, target) => new Crash(lab, target),
};

class Crash implements Fault {
  readonly label: string;
  readonly departure = 'abrupt';
  readonly stops_forwarding = true;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  #pids: number[] = [];

  constructor(lab: Lab, target: ResolvedTarget) {
    this.#lab = lab;
    this.victims = nodesOf(lab, target);
    this.guard = this.victims.map(({ container_id, ports }) => ({
      step: 'restart_node',
      args: { container_id, ports: [...ports] },
    }));
    this.label = `crash of ${describeResolved(target)}`;
  }

  async apply(): Promise<ChangeTime> {
    this.#pids = this.victims.map((node) => node.pid).filter((pid) => pid > 0);
    return this.#lab.agent.call('crash', { ports: this.#ports(), pids: this.#pids });
  }

  async verifyApplied(): Promise<Doubt> {
    const survivors = await settle(async () => {
      // A namespace's first process goes last, when the kernel has reaped all others.
      const living = await this.#lab.agent.call('alive', { pids: this.#pids });
      return living.length > 0 ? `process ${living.join(', ')} lives on` : undefined;
    });
    if (survivors) return survivors;
    const open = Object.entries(await this.#lab.agent.call('port_states', { ports: this.#ports() }))
      .filter(([, state]) => state === 'forwarding')
      .map(([port]) => port);
    return open.length > 0 ? `port ${open.join(', ')} still forwards` : undefined;
  }

  async revert(): Promise<void> {
    await Promise.all(this.victims.map((node) => this.#restart(node)));
  }

  async verifyReverted(): Promise<Doubt> {
    for (const node of this.victims) {
      if (!(await this.#lab.isRunning(node))) return `node '${node.name}' does not run`;
    }
    return settle(async () => {
      // The kernel tells a bridge of its new port's carrier when it comes to it, not when the link is raised.
      const states = await this.#lab.agent.call('port_states', { ports: this.#ports() });
      const shut = Object.entries(states).filter(([, state]) => state !== 'forwarding');
      return shut.length > 0 ? shut.map(([port, state]) => `port ${port} is ${state}`).join(', ') : undefined;
    });
  }

  async #restart(node: LabNode): Promise<void> {
    if (await this.#isBack(node)) return;
    await waitUntil({
      what: `the engine to notice that node '${node.name}' has stopped`,
      timeout_ms: STOP_TIMEOUT_MS,
      interval_ms: 20,
      check: async () => !(await this.#lab.isRunning(node)) || !this.#pids.includes(node.pid),
    });
    await this.#lab.startNode(node);
    await this.#lab.configureNode(node);
    await this.#lab.waitHealthy(node);
  }

  /** Wiring it once more would take the wires from under its daemons. */
  async #isBack(node: LabNode): Promise<boolean> {
    if (node.pid === 0 || this.#pids.includes(node.pid) || !(await this.#lab.isRunning(node))) return false;
    const states = await this.#lab.agent.call('port_states', { ports: this.#ports([node]) });
    return Object.values(states).every((state) => state === 'forwarding');
  }

  #ports(nodes: readonly LabNode[] = this.victims): string[] {
    return nodes.flatMap((node) => node.ports.map((port) => port.port));
  }
}
