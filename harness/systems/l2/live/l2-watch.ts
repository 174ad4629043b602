import { waitUntil } from '../../../ground/wait.ts';
import type { Lab } from '../../../lab/lab.ts';
import type { Moment, SystemWatch, WatchedTrial } from '../../system-watch.ts';
import type { Switch } from '../config/load-switches.ts';
import { linksOf } from '../config/ways.ts';
import { segmentsOf } from '../findings/foresee-gaps.ts';
import type { L2Facts } from '../findings/l2-facts.ts';
import { notReady } from '../findings/readiness.ts';
import { lookAtSwitch } from './look-at-switch.ts';
import { type LabSwitches, switchFacts } from './switches.ts';

/** Above any start delay: the daemons' start, their back-off (8 s), a monitor's pause (10 s), two turns of the agent. */
const READY_MS = 30_000;
/** A look is a program in the node. */
const LOOK_AGAIN_MS = 500;

/** The switches of a lab in a trial: what they have before the fault, before healing and at the end. */
export class L2Watch implements SystemWatch {
  readonly facts: L2Facts;
  readonly #lab: Lab;
  readonly #switches: LabSwitches;

  constructor({ lab, files }: WatchedTrial<readonly Switch[]>, switches: LabSwitches) {
    this.#lab = lab;
    this.#switches = switches;
    this.facts = {
      switches: switchFacts(lab, files),
      links: linksOf(segmentsOf(lab.topology)),
      looks: [],
      plugs: [],
    };
    switches.plugs.length = 0;
  }

  /** Until every switch forwards: its agent has programmed everything. */
  settle(signal?: AbortSignal): Promise<void> {
    return this.#untilReady(signal);
  }

  /** One after the other: each costs the machine a few programs. */
  async look(when: Moment): Promise<void> {
    for (const { node } of this.#switches.all)
      this.facts.looks.push(await lookAtSwitch(this.#lab, this.#lab.node(node), when));
    if (when === 'before') this.#switches.before = new Map(this.facts.looks.map((look) => [look.node, look]));
  }

  heal(signal?: AbortSignal): Promise<void> {
    return this.#untilReady(signal);
  }

  /** Notes when ports that were plugged in got their tags. */
  async end(): Promise<void> {
    const pending = Symbol('pending');
    for (const { wired, ...plug } of this.#switches.plugs.splice(0)) {
      const wired_ns = await Promise.race([wired, Promise.resolve(pending)]);
      this.facts.plugs.push({ ...plug, wired_ns: typeof wired_ns === 'number' ? wired_ns : null });
    }
  }

  /** Only those that were not ready are looked at again. */
  async #untilReady(signal: AbortSignal | undefined): Promise<void> {
    const delays = this.#switches.all.map(
      ({ settings }) => settings.start_delay_ms + 2 * settings.polling_ms,
    );
    let waiting = [...this.#switches.all];
    let why: string | undefined;
    await waitUntil({
      what: 'every switch to forward as its agent has it',
      timeout_ms: READY_MS + Math.max(...delays),
      interval_ms: LOOK_AGAIN_MS,
      signal,
      check: async () => {
        while (waiting.length > 0) {
          const [one] = waiting;
          why = notReady(one!, await lookAtSwitch(this.#lab, this.#lab.node(one!.node), 'before'));
          if (why !== undefined) return false;
          waiting = waiting.slice(1);
        }
        return true;
      },
      lastSeen: () => why,
      log: () => this.#lab.log(waiting[0]?.node ?? this.#switches.all[0]!.node),
    });
  }
}
