import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind } from '../systems/fault.ts';
import { describeResolved, nodesOf, type ResolvedTarget } from '../systems/resolved-target.ts';
import { notWhole, portsOf, restartGuard, startAllAgain, stillOn } from './node-power.ts';

/**
 * The machine loses its power: the ports of all its nodes are cut and every process is killed in one
 * instant, so none says goodbye. Healing starts the nodes, plugs them in and runs their `exec`.
 */
export const crash: FaultKind = {
  kind: 'crash',
  summary: 'a host or node loses its power: its ports are cut, then every process gets SIGKILL',
  targets: ['node', 'host'],
  options: {},
  foresee: () => ({ departure: 'abrupt', stops_forwarding: true }),
  prepare: (lab, target) => new Crash(lab, target),
};

/** Nodes that lose their power. */
export class Crash implements Fault {
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
    this.guard = restartGuard(this.victims);
    this.label = `crash of ${describeResolved(target)}`;
  }

  async apply(): Promise<ChangeTime> {
    this.#pids = this.victims.map((node) => node.pid).filter((pid) => pid > 0);
    return this.#lab.agent.call('crash', { ports: portsOf(this.victims), pids: this.#pids });
  }

  verifyApplied(): Promise<Doubt> {
    return stillOn(this.#lab, this.victims, this.#pids);
  }

  heal(): Promise<void> {
    return startAllAgain(this.#lab, this.victims, this.#pids);
  }

  verifyHealed(): Promise<Doubt> {
    return notWhole(this.#lab, this.victims);
  }
}
