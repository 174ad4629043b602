import { randomUUID } from 'node:crypto';
import { InputError } from '../ground/errors.ts';
import type { ChangeTime, FrameFilter } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeResolved, type ResolvedTarget } from '../systems/resolved-target.ts';
import { wireOf } from './wire-of.ts';

const PROTOCOLS: readonly FrameFilter['protocol'][] = ['any', 'arp', 'icmp', 'tcp', 'udp', 'vrrp'];

/** Some frames of a wire are dropped between the nodes: what a wrong rule of a packet filter does. */
export const filter: FaultKind = {
  kind: 'filter',
  summary: 'frames of one protocol, port or direction, or a share of them, are dropped at a wire',
  targets: ['interface'],
  options: {
    protocol: `${PROTOCOLS.slice(0, -1).join(', ')} or ${PROTOCOLS.at(-1)} (any)`,
    port: 'of udp or tcp: those that come from it or go to it',
    direction: 'both, from (what the node sends) or to (what is sent to it) (both)',
    rate: 'percent that are dropped, at random, 1 to 100 (100)',
  },
  checkOptions: (options) => void frameFilter(options),
  prepare: (lab, target, options) => new Filter(lab, target, frameFilter(options)),
};

/** @throws InputError for what is not one of the words that there are, and for a port where there are none. */
function frameFilter(options: FaultOptions): FrameFilter {
  const { protocol: word = 'any', port, direction = 'both', rate = '100' } = options;
  const protocol = PROTOCOLS.find((one) => one === word);
  if (!protocol) throw new InputError(`a filter's protocol is ${PROTOCOLS.join(', ')}, not '${word}'`);
  if (direction !== 'both' && direction !== 'from' && direction !== 'to')
    throw new InputError(`a filter's direction is both, from or to, not '${direction}'`);
  const percent = wholeNumber(rate);
  if (percent === undefined || percent < 1 || percent > 100)
    throw new InputError(`a filter's rate is a whole number of percent from 1 to 100, not '${rate}'`);
  if (port === undefined) return { protocol, port: null, direction, percent };
  const number = wholeNumber(port);
  if (number === undefined || number < 1 || number > 65_535)
    throw new InputError(`a filter's port is a number from 1 to 65535, not '${port}'`);
  if (protocol !== 'udp' && protocol !== 'tcp')
    throw new InputError(`${protocol} has no ports`, {
      remedy: 'a port goes with protocol=udp or protocol=tcp',
    });
  return { protocol, port: number, direction, percent };
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

class Filter implements Fault {
  readonly label: string;
  // What daemons make of it depends on what they need of what is dropped.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #port: string;
  readonly #filter: FrameFilter;
  readonly #key = randomUUID();

  /** @throws InputError when the target is not a wire of the lab. */
  constructor(lab: Lab, target: ResolvedTarget, frames: FrameFilter) {
    if (target.form !== 'interface') throw new InputError('filter is aimed at a wire: NODE:INTERFACE');
    const node = lab.node(target.node);
    this.#lab = lab;
    this.#port = wireOf(node, target.interface).port;
    this.#filter = frames;
    this.victims = [node];
    this.guard = [{ step: 'remove_filter', args: { key: this.#key } }];
    this.label = `filter of ${describeResolved(target)} (${describe(frames)})`;
  }

  apply(): Promise<ChangeTime> {
    const { port: number, ...frames } = this.#filter;
    return this.#lab.agent.call('add_filter', { key: this.#key, port: this.#port, number, ...frames });
  }

  /** The rules are there, and have dropped something: a filter that nothing matches breaks nothing. */
  verifyApplied(): Promise<Doubt> {
    return waitForEffect(
      async () => {
        const dropped = await this.#lab.agent.call('filter_dropped', { key: this.#key });
        if (dropped === null) return 'the rules are not there';
        return dropped > 0 ? undefined : 'no frame matched it';
      },
      { timeout_ms: 10_000, interval_ms: 50 },
    );
  }

  async heal(): Promise<void> {
    await this.#lab.agent.call('remove_filter', { key: this.#key });
  }

  async verifyHealed(): Promise<Doubt> {
    const dropped = await this.#lab.agent.call('filter_dropped', { key: this.#key });
    return dropped === null ? undefined : 'the rules are still there';
  }
}

function describe({ protocol, port, direction, percent }: FrameFilter): string {
  const what = `${percent < 100 ? `${percent} % of ` : ''}${protocol === 'any' ? 'all frames' : protocol}`;
  const at = port === null ? '' : ` port ${port}`;
  return `${what}${at}${direction === 'both' ? '' : ` ${direction} it`}`;
}
