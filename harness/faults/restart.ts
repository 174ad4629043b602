import { InputError, UnknownError } from '../ground/errors.ts';
import { parseDurationMs } from '../ground/time.ts';
import { sleep } from '../ground/wait.ts';
import type { ChangeTime } from '../lab/agent-shapes.ts';
import type { GuardStep } from '../lab/guard-steps.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { endingSignal } from '../lab/signals.ts';
import type { Doubt } from '../lab/wait-for-effect.ts';
import type { Fault, FaultKind, FaultOptions, ForeseenTaking } from '../systems/fault.ts';
import {
  describeResolved,
  type ResolvedTarget,
  type TargetForm,
  targetForm,
} from '../systems/resolved-target.ts';
import type { Target } from '../topology/targets.ts';
import { Crash } from './crash.ts';
import { Kill } from './kill.ts';
import { StopNodes, StopProcess } from './stop.ts';

/** Nothing can interrupt it meanwhile. For longer ones there are `stop` and `crash`. */
const MOST_DOWN_MS = 60_000;

/** Ended and started again at once, by the fault itself. Healing makes sure that it runs. */
export const restart: FaultKind = {
  kind: 'restart',
  summary: 'a process, node or host is ended (`signal`, default: SIGTERM) and started again',
  targets: ['process', 'node', 'host'],
  options: {
    signal: 'SIGTERM, SIGKILL, ...; of a node or host SIGKILL is the loss of its power (SIGTERM)',
    down: 'how long it stays down, up to 60s (0s)',
  },
  checkOptions: (options, form) => void readOptions(options, form),
  foresee: (target, options) => foreseeRestart(target, options),
  prepare: (lab, target, options) => new Restart(lab, target, readOptions(options, target.form)),
};

/** Whether others take over meanwhile is not known without a lab. */
function foreseeRestart(target: Target, options: FaultOptions): ForeseenTaking {
  const unknown = { departure: undefined, stops_forwarding: false };
  return target.kind === 'process' ? { ...unknown, ...readOptions(options, targetForm(target)) } : unknown;
}

export interface RestartOptions {
  signal: string;
  down_ms: number;
}

/** @throws InputError for what does not fit. */
function readOptions({ signal = 'SIGTERM', down = '0s' }: FaultOptions, form: TargetForm): RestartOptions {
  const name = endingSignal(signal);
  if (form !== 'process' && name !== 'SIGTERM' && name !== 'SIGKILL')
    throw new InputError(`a ${form} is restarted by SIGTERM or SIGKILL, not by ${name}`);
  const down_ms = parseDurationMs(down);
  if (down_ms <= MOST_DOWN_MS) return { signal: name, down_ms };
  throw new InputError(`a restart is down for 60s at most, not ${down}`, {
    remedy: 'in a drill, take stop or crash with `heal`',
  });
}

/** The fault that ends it, healed at once. */
export class Restart implements Fault {
  readonly label: string;
  readonly comes_back = true;
  readonly signal: string;
  readonly down_ms: number;
  readonly #ending: Fault;

  /** @param word what it is called where the signal goes without saying. */
  constructor(lab: Lab, target: ResolvedTarget, { signal, down_ms }: RestartOptions, word?: string) {
    this.#ending = endingFault(lab, target, signal, down_ms);
    this.signal = signal;
    this.down_ms = down_ms;
    const what = describeResolved(target);
    this.label = word ? `${word} of ${what}` : `restart of ${what} (${signal})`;
  }

  get victims(): readonly LabNode[] {
    return this.#ending.victims;
  }

  get departure(): Fault['departure'] {
    return this.#ending.departure;
  }

  get stops_forwarding(): boolean {
    return this.#ending.stops_forwarding;
  }

  get guard(): readonly GuardStep[] {
    return this.#ending.guard;
  }

  /** @throws InputError when there is nothing to end; UnknownError when it does not end, or not for as long. */
  async apply(): Promise<ChangeTime> {
    const at = await this.#ending.apply();
    await this.#requireEnded();
    if (this.down_ms > 0) {
      await sleep(this.down_ms);
      await this.#requireEnded();
    }
    await this.#ending.heal();
    return at;
  }

  /** What ran before is gone, or `apply` would have failed. */
  verifyApplied(): Promise<Doubt> {
    return this.#ending.verifyHealed();
  }

  heal(): Promise<void> {
    return this.#ending.heal();
  }

  verifyHealed(): Promise<Doubt> {
    return this.#ending.verifyHealed();
  }

  async #requireEnded(): Promise<void> {
    const doubt = await this.#ending.verifyApplied();
    if (doubt) throw new UnknownError(`the ${this.label} did not end it: ${doubt}`);
  }
}

function endingFault(lab: Lab, target: ResolvedTarget, signal: string, down_ms: number): Fault {
  if (target.form !== 'process')
    return signal === 'SIGKILL' ? new Crash(lab, target) : new StopNodes(lab, target);
  // Where it need not stay down it is all the same whether the node's supervisor starts it again by itself.
  return down_ms > 0 ? new StopProcess(lab, target, signal) : new Kill(lab, target, signal);
}
