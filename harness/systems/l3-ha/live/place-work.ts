import type { Lab } from '../../../lab/lab.ts';
import { hangingHosts } from '../../neutron-scheduling/live/agent-reports.ts';
import { whileUp } from '../../neutron-scheduling/live/while-up.ts';
import type { Place } from '../../neutron-scheduling/schedule.ts';
import { endReplica, startReplica } from './replica.ts';

/**
 * The work of the hosts' L3 agents. An agent that hangs does nothing of what it is asked until it goes on: then it does
 * what holds by that time.
 */
export class PlaceWork {
  readonly #lab: Lab;
  readonly #places: readonly Place[];
  /** What hanging agents were asked to see to. */
  readonly #behind = new Set<Place>();

  constructor(lab: Lab, places: readonly Place[]) {
    this.#lab = lab;
    this.#places = places;
  }

  /** Places that an agent was asked to see to while it hung. */
  get behind(): ReadonlySet<Place> {
    return this.#behind;
  }

  async hangs({ host }: Pick<Place, 'host'>): Promise<boolean> {
    return (await hangingHosts(this.#lab, this.#places)).has(host);
  }

  /** Whether the place is up, and its agent works. */
  async isReady(place: Place): Promise<boolean> {
    return (
      (await whileUp(this.#lab, place, async () => true)) === true &&
      !(await this.#isLeftBehind(place, false))
    );
  }

  /** Has the router run there; does nothing where the place is down. */
  async startAt(place: Place): Promise<void> {
    if (await this.#isLeftBehind(place)) return;
    await whileUp(this.#lab, place, (node) => startReplica(this.#lab, node));
  }

  /** Has the router run there no longer; does nothing where the place is down. @param deleted it is gone as a whole. */
  async endAt(place: Place, deleted = false): Promise<void> {
    if (await this.#isLeftBehind(place)) return;
    await whileUp(this.#lab, place, (node) => endReplica(this.#lab, node, deleted));
  }

  async #isLeftBehind(place: Place, note = true): Promise<boolean> {
    const hangs = await this.hangs(place);
    if (note && hangs) this.#behind.add(place);
    if (note && !hangs) this.#behind.delete(place);
    return hangs;
  }
}
