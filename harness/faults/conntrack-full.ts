import { InputError } from '../ground/errors.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { Lab } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { FaultKind } from '../systems/fault.ts';
import type { ResolvedTarget } from '../systems/resolved-target.ts';
import { KeptChange } from './kept-change.ts';

const FILL_TIMEOUT_MS = 150_000;
/** Of entries that go by themselves while it is looked at. */
const GONE_MEANWHILE = 100;

/** A router's connection table is full: it refuses new flows, and goes on with those that it knows. */
export const conntrackFull: FaultKind = {
  kind: 'conntrack-full',
  summary: "a node's connection table is full: new flows are refused",
  targets: ['node'],
  options: {},
  prepare: (lab, target) => new ConntrackFull(lab, target),
};

class ConntrackFull extends KeptChange {
  #before: number | undefined;

  /** @throws InputError when the target is not a node. */
  constructor(lab: Lab, target: ResolvedTarget) {
    if (target.form !== 'node') throw new InputError('conntrack-full is aimed at a node');
    super(lab, lab.node(target.node), `full connection table of ${target.node}`);
  }

  /** @throws InputError when the node is down. */
  async apply(): Promise<ChangeTime> {
    this.requireRunning();
    const { pid } = this.node;
    this.#before = (await this.lab.agent.call('conntrack_use', { pid })).entries;
    return this.lab.agent.call('fill_conntrack', { key: this.key, pid }, FILL_TIMEOUT_MS);
  }

  async verifyApplied(): Promise<Doubt> {
    const { entries, most } = await this.#use();
    return entries >= most - GONE_MEANWHILE ? undefined : `it has ${entries} of ${most} entries`;
  }

  /** Half of what was added is more than can have come by itself. */
  verifyHealed(): Promise<Doubt> {
    const before = this.#before;
    if (before === undefined || this.node.pid === 0) return Promise.resolve(undefined);
    return waitForEffect(async () => {
      const { entries, most } = await this.#use();
      return entries < before + (most - before) / 2 ? undefined : `it still has ${entries} entries`;
    });
  }

  #use(): Promise<{ entries: number; most: number }> {
    return this.lab.agent.call('conntrack_use', { pid: this.node.pid });
  }
}
