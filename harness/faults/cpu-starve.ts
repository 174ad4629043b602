import { randomUUID } from 'node:crypto';
import { InputError } from '../ground/errors.ts';
import { parseDurationMs } from '../ground/time.ts';
import type { ChangeTime, ProcessorLimit } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import { waitForEffect } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind, FaultOptions } from '../systems/fault.ts';
import { describeResolved, nodesOf, type ResolvedTarget } from '../systems/resolved-target.ts';

const DEFAULT_PERCENT = '5';
const DEFAULT_PERIOD = '1s';
/** The kernel's limits of a period, and the least quota in one (sched-bwc). */
const [LEAST_PERIOD_MS, MOST_PERIOD_MS, LEAST_QUOTA_US] = [1, 1000, 1000];
/** Programs are started by the engine, one after the other. */
const APPLY_TIMEOUT_MS = 60_000;
const LOOK = { timeout_ms: 10_000, interval_ms: 50 };

/** A machine gets too little of the processor: its daemons miss their timers. */
export const cpuStarve: FaultKind = {
  kind: 'cpu-starve',
  summary: 'a node, or every node of a host, gets a small share of one processor, in bursts',
  targets: ['node', 'host'],
  options: {
    percent: `of one processor, 0.1 to 100 (${DEFAULT_PERCENT})`,
    period: `how long one burst and the wait for the next take together, up to 1s (${DEFAULT_PERIOD})`,
  },
  checkOptions: (options) => void limitOf(options),
  prepare: (lab, target, options) => new CpuStarve(lab, target, limitOf(options)),
};

interface Limit {
  percent: number;
  quota_us: number;
  period_us: number;
}

/** @throws InputError for what the kernel does not take. */
function limitOf(options: FaultOptions): Limit {
  const { percent = DEFAULT_PERCENT, period = DEFAULT_PERIOD } = options;
  const share = /^\d+(\.\d+)?$/.test(percent) ? Number(percent) : Number.NaN;
  if (!(share >= 0.1 && share <= 100))
    throw new InputError(`the percent of cpu-starve is a number from 0.1 to 100, not '${percent}'`);
  const period_ms = parseDurationMs(period);
  if (period_ms < LEAST_PERIOD_MS || period_ms > MOST_PERIOD_MS)
    throw new InputError(`the period of cpu-starve is a time from 1ms to 1s, not '${period}'`);
  const period_us = Math.round(period_ms * 1000);
  const quota_us = Math.round((period_us * share) / 100);
  if (quota_us >= LEAST_QUOTA_US) return { percent: share, quota_us, period_us };
  throw new InputError(`${percent} % of ${period} is less than the 1ms that the kernel gives at least`, {
    remedy: 'take a longer period, up to 1s, or more percent',
  });
}

class CpuStarve implements Fault {
  readonly label: string;
  // Whether a router loses its addresses follows from its timers, and when from where the kernel's periods begin.
  readonly departure = undefined;
  // The kernel forwards in its own time.
  readonly stops_forwarding = false;
  readonly holds_back = true;
  readonly guard: readonly GuardStep[];
  readonly victims: readonly LabNode[];
  readonly #lab: Lab;
  readonly #key = randomUUID();
  readonly #limit: Limit;
  #before: ProcessorLimit[] | undefined;

  constructor(lab: Lab, target: ResolvedTarget, limit: Limit) {
    this.#lab = lab;
    this.#limit = limit;
    this.victims = nodesOf(lab, target);
    this.guard = [{ step: 'undo_change', args: { key: this.#key } }];
    const share = `${limit.percent} % of a processor, every ${limit.period_us / 1000} ms`;
    this.label = `starvation of ${describeResolved(target)} (${share})`;
  }

  /** @throws InputError when one of them does not run. */
  async apply(): Promise<ChangeTime> {
    const down = this.victims.filter((node) => node.pid === 0).map((node) => node.name);
    if (down.length > 0) throw new InputError(`${down.join(', ')} does not run`);
    this.#before = await this.#now();
    const { quota_us, period_us } = this.#limit;
    const args = { key: this.#key, container_ids: this.#container_ids(), quota_us, period_us };
    return this.#lab.agent.call('starve_nodes', args, APPLY_TIMEOUT_MS);
  }

  /** The kernel has the limit, and has held each node back since. */
  verifyApplied(): Promise<Doubt> {
    return waitForEffect(async () => {
      const doubts = (await this.#now()).map((now, at) => {
        const { quota_us, period_us, throttled } = now;
        if (quota_us !== this.#limit.quota_us || period_us !== this.#limit.period_us)
          return `has ${quota_us} µs of ${period_us} µs`;
        return throttled > (this.#before?.[at]?.throttled ?? 0) ? undefined : 'was never held back';
      });
      return this.#first(doubts);
    }, LOOK);
  }

  async heal(): Promise<void> {
    await this.#lab.agent.call('undo_change', { key: this.#key }, APPLY_TIMEOUT_MS);
  }

  verifyHealed(): Promise<Doubt> {
    const before = this.#before;
    if (!before) return Promise.resolve(undefined);
    return waitForEffect(async () => {
      const doubts = (await this.#now()).map(({ quota_us, period_us }, at) =>
        quota_us === before[at]?.quota_us && period_us === before[at].period_us
          ? undefined
          : `still has ${quota_us} µs of ${period_us} µs`,
      );
      return this.#first(doubts);
    });
  }

  #container_ids(): string[] {
    return this.victims.map((node) => node.container_id);
  }

  #first(doubts: readonly Doubt[]): Doubt {
    const at = doubts.findIndex((doubt) => doubt !== undefined);
    return at === -1 ? undefined : `${this.victims[at]?.name} ${doubts[at]}`;
  }

  #now(): Promise<ProcessorLimit[]> {
    return this.#lab.agent.call('processor_limits', { container_ids: this.#container_ids() });
  }
}
