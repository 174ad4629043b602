import { randomUUID } from 'node:crypto';
import { InputError } from '../ground/errors.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import type { Fault } from '../systems/fault.ts';

const HEAL_TIMEOUT_MS = 80_000;

/** Something that the agent changes in one node under a key, and puts back by it. Its victims keep what they share. */
export abstract class KeptChange implements Fault {
  readonly label: string;
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly victims: readonly LabNode[];
  protected readonly key: string = randomUUID();
  protected readonly lab: Lab;
  protected readonly node: LabNode;

  constructor(lab: Lab, node: LabNode, label: string) {
    this.lab = lab;
    this.node = node;
    this.label = label;
    this.victims = [node];
  }

  get guard(): readonly GuardStep[] {
    return [{ step: 'undo_change', args: { key: this.key } }];
  }

  abstract apply(): Promise<ChangeTime>;
  abstract verifyApplied(): Promise<Doubt>;
  abstract verifyHealed(): Promise<Doubt>;

  async heal(): Promise<void> {
    await this.lab.agent.call('undo_change', { key: this.key }, HEAL_TIMEOUT_MS);
  }

  /** @throws InputError when the node is down. */
  protected requireRunning(): void {
    if (this.node.pid === 0) throw new InputError(`node '${this.node.name}' does not run`);
  }
}
