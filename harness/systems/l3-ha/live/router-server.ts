import pLimit, { type LimitFunction } from 'p-limit';
import { InputError } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { workingHosts } from '../../neutron-scheduling/live/agent-reports.ts';
import { allDone } from '../../neutron-scheduling/live/all-done.ts';
import type { SchedulingServer } from '../../neutron-scheduling/live/rescheduler.ts';
import { whileUp } from '../../neutron-scheduling/live/while-up.ts';
import type { AgentTimes } from '../../neutron-scheduling/rescheduling-bound.ts';
import type { Bindings, Place } from '../../neutron-scheduling/schedule.ts';
import { haveActive, routerNamed, untilActive } from '../../vrrp/live/elections.ts';
import { holdersOf } from '../../vrrp/live/virtual-routers.ts';
import type { Routers } from '../config/routers.ts';
import { PlaceWork } from './place-work.ts';
import { prepareReplica } from './replica.ts';
import type { RouterRequest } from './router-request.ts';
import { stateText } from './server-state.ts';

/**
 * Plays the part of OpenStack's Neutron server and of its L3 agents' own work in a lab: it says which hosts run which
 * routers, and has keepalived and conntrackd run there and nowhere else.
 */
export class RouterServer implements SchedulingServer {
  readonly routers: Routers;
  readonly #lab: Lab;
  readonly #work: PlaceWork;
  /** Whatever is done to a router is done after what was begun before. */
  readonly #turns = new Map<string, LimitFunction>();
  /** Where each router was placed when it was created, the host of its active replica first. */
  readonly #homes: Map<string, readonly string[]>;
  #bindings: Bindings;
  /** The routers of the beginning are created: daemons may run. */
  #created: boolean;
  #alive: () => Promise<Set<string>> | Set<string>;
  /** What was asked for since the trial began. */
  readonly requests: RouterRequest[] = [];

  /** @param bindings where the routers of the beginning are placed. @param runs they run already. */
  constructor(lab: Lab, routers: Routers, bindings: Bindings, runs = false) {
    this.#created = runs;
    this.#lab = lab;
    this.routers = routers;
    this.#work = new PlaceWork(lab, routers.places);
    this.#homes = new Map(bindings);
    this.#bindings = bindings;
    this.#alive = () => workingHosts(lab, routers.places);
  }

  /** Whether a node is to have daemons that run: its place, if it is one, and what it is to keep. */
  async prepare(node: LabNode): Promise<void> {
    const place = this.places.find((one) => one.node === node.name);
    if (!place) return;
    await this.#turn(place.serves)(() =>
      prepareReplica(this.#lab, node, this.#created && this.isBound(place), {
        state: stateText(this.routers),
      }),
    );
  }

  get failover(): boolean {
    return this.routers.settings.allow_automatic_l3agent_failover;
  }

  get times(): AgentTimes {
    return this.routers.settings;
  }

  get places(): readonly Place[] {
    return this.routers.places;
  }

  /** Which hosts run each router now. What was given out does not change any more. */
  bindings(): Bindings {
    return this.#bindings;
  }

  /** It is created, and not deleted. */
  exists(router: string): boolean {
    return this.#bindings.has(router);
  }

  /** Hosts that it was placed on when it was created; none where it is not. */
  home(router: string): readonly string[] {
    return this.#homes.get(router) ?? [];
  }

  placesOf(router: string): Place[] {
    return this.places.filter(({ serves }) => serves === router);
  }

  isBound({ serves, host }: Place): boolean {
    return this.#bindings.get(serves)?.includes(host) ?? false;
  }

  /** Whether the agent of its host hangs: it does nothing of what it is asked. */
  hangs(place: Place): Promise<boolean> {
    return this.#work.hangs(place);
  }

  /** From now on that says which hosts' agents count as alive; by default those that work at the moment. */
  judgeAgentsBy(alive: (() => Set<string>) | undefined): void {
    this.#alive = alive ?? (() => workingHosts(this.#lab, this.places));
  }

  /** Hosts whose agents count as alive. */
  async alive(): Promise<Set<string>> {
    return this.#alive();
  }

  /** Agents that hung and report again do what they missed. */
  async heard(): Promise<void> {
    await allDone(
      [...this.#work.behind].map((place) =>
        this.#turn(place.serves)(() =>
          this.isBound(place) ? this.#work.startAt(place) : this.#work.endAt(place),
        ),
      ),
    );
  }

  /**
   * Creates the routers: of each the active replica first, which so becomes the master, then the others. All have the same
   * priority and do not preempt, as in Neutron, so that the order of their start decides.
   * @throws DeadlineError when a replica that runs alone does not become active.
   */
  async start(signal?: AbortSignal): Promise<void> {
    this.#created = true;
    await allDone([...this.#homes.keys()].map((router) => this.raise(router, signal)));
  }

  /** Has a router be there from now on, on these hosts; `raise` then has it run. */
  adopt(router: string, hosts: readonly string[]): void {
    this.#homes.set(router, hosts);
    this.#rebind(router, hosts);
  }

  /** Has a router run where it is bound. Does nothing when it was deleted meanwhile. @throws as `start`. */
  raise(router: string, signal?: AbortSignal): Promise<void> {
    return this.#turn(router)(() => this.#create(router, signal));
  }

  /**
   * Has a router be there no longer; returns when the agents that work have ended it everywhere.
   * @param restorable its places note that they were its: see `restoringSteps`.
   */
  delete(router: string, restorable = false): Promise<void> {
    const bound = this.placesOf(router).filter((place) => this.isBound(place));
    this.#homes.delete(router);
    this.#bindings = new Map([...this.#bindings].filter(([name]) => name !== router));
    return this.#turn(router)(() => this.#endEverywhere(router, restorable ? bound : []));
  }

  /** Has a host run a replica, as a standby: another one is active. */
  bind(router: string, host: string): Promise<void> {
    return this.#turn(router)(async () => {
      const place = this.#place(router, host);
      if (this.isBound(place) || !this.exists(router)) return;
      this.#rebind(router, [...this.#bindings.get(router)!, host]);
      await this.#work.startAt(place);
    });
  }

  /** Has a host run a router's replica no longer: its daemons end, and no session of the router stays there. */
  unbind(router: string, host: string): Promise<void> {
    return this.#turn(router)(async () => {
      const place = this.#place(router, host);
      if (!this.isBound(place)) return;
      this.#rebind(
        router,
        this.#bindings.get(router)!.filter((one) => one !== host),
      );
      await this.#work.endAt(place);
    });
  }

  /**
   * Every router back to the places and the active replica that it had when it was created, for the next trial. A router
   * that was moved is created anew: with its old places and its new ones at once it would have three conntrackd in a
   * group, and FTFW numbers and acknowledges messages between two (conntrackd.conf(5)).
   */
  async reset(): Promise<void> {
    await this.heard();
    await allDone(
      [...this.#homes].map(([router, hosts]) =>
        this.#turn(router)(async () => {
          const now = this.#bindings.get(router) ?? [];
          if (hosts.length === now.length && hosts.every((host) => now.includes(host))) return;
          this.#rebind(router, hosts);
          await this.#endEverywhere(router);
          await this.#create(router);
        }),
      ),
    );
    await this.activateAll();
  }

  /** Has every router's active replica be the one that it began with. */
  async activateAll(signal?: AbortSignal): Promise<void> {
    await allDone([...this.#homes.keys()].map((router) => this.activate(router, signal)));
  }

  /** The same of one router. Does nothing where that place is down, or not one node alone holds the address. */
  activate(router: string, signal?: AbortSignal): Promise<void> {
    return this.#turn(router)(async () => {
      const [first] = this.home(router);
      if (first === undefined) return;
      const wanted = this.#place(router, first);
      if (!(await whileUp(this.#lab, wanted, async () => true))) return;
      const others = (but: readonly string[]) =>
        this.placesOf(router).filter((place) => this.isBound(place) && !but.includes(place.node)).length;
      await haveActive(this.#lab, router, wanted.node, others, signal);
    });
  }

  /** Where none of its replicas is active, one that is ready runs alone until it is. */
  async #create(router: string, signal?: AbortSignal): Promise<void> {
    const places = (this.#bindings.get(router) ?? []).map((host) => this.#place(router, host));
    const holders = new Set((await this.#holders(router)).map(({ name }) => name));
    if (!places.some(({ node }) => holders.has(node))) {
      const ready = await Promise.all(places.map((place) => this.#work.isReady(place)));
      const first = places.find((_, at) => ready[at]);
      if (first) {
        await this.#work.startAt(first);
        await untilActive(this.#lab, router, first.node, signal);
      }
    }
    await allDone(places.map((place) => this.#work.startAt(place)));
  }

  /** @param deleted places in which that is noted. */
  async #endEverywhere(router: string, deleted: readonly Place[] = []): Promise<void> {
    const end = (place: Place) => this.#work.endAt(place, deleted.includes(place));
    await allDone(this.placesOf(router).map(end));
  }

  #holders(router: string): Promise<LabNode[]> {
    return holdersOf(this.#lab, routerNamed(this.#lab, router));
  }

  #rebind(router: string, hosts: readonly string[]): void {
    this.#bindings = new Map(this.#bindings).set(router, hosts);
  }

  #turn(router: string): LimitFunction {
    const turn = this.#turns.get(router) ?? pLimit(1);
    this.#turns.set(router, turn);
    return turn;
  }

  #place(router: string, host: string): Place {
    const place = this.places.find((one) => one.serves === router && one.host === host);
    if (!place) throw new InputError(`host '${host}' has no place for router '${router}'`);
    return place;
  }
}
