import pLimit, { type LimitFunction } from 'p-limit';
import { InputError } from '../../../ground/errors.ts';
import { waitUntil } from '../../../ground/wait.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { allDone } from '../../neutron-scheduling/live/all-done.ts';
import type { SchedulingServer } from '../../neutron-scheduling/live/rescheduler.ts';
import { whileUp } from '../../neutron-scheduling/live/while-up.ts';
import type { AgentTimes } from '../../neutron-scheduling/rescheduling-bound.ts';
import type { Bindings, Place } from '../../neutron-scheduling/schedule.ts';
import {
  holdersOf,
  limitParticipation,
  type VirtualRouter,
  virtualRouters,
} from '../../vrrp/live/virtual-routers.ts';
import { placeRouters } from '../config/place-routers.ts';
import type { Routers } from '../config/routers.ts';
import { endReplica, prepareReplica, startReplica, stepDown } from './replica.ts';

/** A first election takes three advertisement intervals and the skew; this is ample, of Neutron's 2 s as well. */
const ACTIVE_TIMEOUT_MS = 30_000;
/** More often another replica need not step down until the right one is active. */
const MOST_STEPS = 3;

/**
 * Plays the part of OpenStack's Neutron server and of its L3 agents' own work in a lab: it says which hosts run which
 * routers, and has keepalived and conntrackd run there and nowhere else.
 */
export class RouterServer implements SchedulingServer {
  static readonly #of = new WeakMap<Lab, RouterServer>();
  readonly routers: Routers;
  readonly #lab: Lab;
  readonly #initial: Bindings;
  /** Whatever is done to a router is done after what was begun before. */
  readonly #turns = new Map<string, LimitFunction>();
  #bindings: Bindings;
  /** Routers are created: daemons may run. */
  #created = false;

  private constructor(lab: Lab, routers: Routers) {
    this.#lab = lab;
    this.routers = routers;
    this.#initial = placeRouters(routers.routers, routers.places, routers.settings);
    this.#bindings = this.#initial;
  }

  /** A server that places every router, and prepares the lab's nodes from now on, also those that come back. */
  static create(lab: Lab, routers: Routers): RouterServer {
    const server = new RouterServer(lab, routers);
    RouterServer.#of.set(lab, server);
    lab.preparations.set('l3-ha', (node) => server.#prepare(node));
    limitParticipation(lab, ({ name }) => {
      const place = server.places.find(({ node }) => node === name);
      return place === undefined || server.isBound(place);
    });
    return server;
  }

  /** The server of a lab; undefined when this process gave it none. */
  static of(lab: Lab): RouterServer | undefined {
    return RouterServer.#of.get(lab);
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

  isBound({ serves, host }: Place): boolean {
    return this.#bindings.get(serves)?.includes(host) ?? false;
  }

  /**
   * Creates the routers: of each the active replica first, which so becomes the master, then the others. All have the same
   * priority and do not preempt, as in Neutron, so that the order of their start decides.
   * @throws DeadlineError when a replica that runs alone does not become active.
   */
  async start(signal?: AbortSignal): Promise<void> {
    this.#created = true;
    await allDone(
      [...this.#initial.keys()].map((router) => this.#turn(router)(() => this.#create(router, signal))),
    );
  }

  /** Has a host run a replica, as a standby: another one is active. */
  bind(router: string, host: string): Promise<void> {
    return this.#turn(router)(async () => {
      if (this.isBound(this.#place(router, host))) return;
      this.#rebind(router, (hosts) => [...hosts, host]);
      await this.#startAt(router, host);
    });
  }

  /** Has a host run a router's replica no longer: its daemons end, and no session of the router stays there. */
  unbind(router: string, host: string): Promise<void> {
    return this.#turn(router)(async () => {
      const place = this.#place(router, host);
      if (!this.isBound(place)) return;
      this.#rebind(router, (hosts) => hosts.filter((one) => one !== host));
      await whileUp(this.#lab, place, (node) => endReplica(this.#lab, node));
    });
  }

  /**
   * Back to the places and the active replicas of the beginning, for the next trial. A router that was moved is created
   * anew: with its old places and its new ones at once it would have three conntrackd in a group, and FTFW numbers and
   * acknowledges messages between two (conntrackd.conf(5)).
   */
  async reset(): Promise<void> {
    await allDone(
      [...this.#initial].map(([router, hosts]) =>
        this.#turn(router)(async () => {
          const now = this.#bindings.get(router) ?? [];
          if (hosts.length === now.length && hosts.every((host) => now.includes(host))) return;
          this.#rebind(router, () => hosts);
          const places = this.places.filter(({ serves }) => serves === router);
          await allDone(
            places.map((place) => whileUp(this.#lab, place, (node) => endReplica(this.#lab, node))),
          );
          await this.#create(router);
        }),
      ),
    );
    await this.activateAll();
  }

  /** Has every router's active replica be the one of the beginning. */
  async activateAll(signal?: AbortSignal): Promise<void> {
    await allDone([...this.#initial.keys()].map((router) => this.activate(router, signal)));
  }

  /**
   * Has the replica be active that was at the beginning: any other one steps down, as in a graceful stop. Does nothing
   * where its place is down, or not one node alone holds the address.
   */
  activate(router: string, signal?: AbortSignal): Promise<void> {
    return this.#turn(router)(async () => {
      const first = this.#initial.get(router)![0]!;
      const wanted = this.#place(router, first);
      for (let steps = 0; steps < MOST_STEPS; steps += 1) {
        const holders = await holdersOf(this.#lab, this.#router(router));
        const [holder] = holders;
        if (holders.length !== 1 || !holder || holder.name === wanted.node) return;
        if (!(await whileUp(this.#lab, wanted, async () => true))) return;
        const others = this.#others(router, [wanted.node, holder.name]);
        const left = async () => !(await holdersOf(this.#lab, this.#router(router))).includes(holder);
        await stepDown(this.#lab, holder, () =>
          // Of more than two replicas another one may be next.
          others === 0
            ? this.#untilActive(router, first, signal)
            : this.#until(router, 'another', left, signal),
        );
      }
    });
  }

  /** While none of its daemons runs. */
  async #create(router: string, signal?: AbortSignal): Promise<void> {
    const [first, ...others] = this.#initial.get(router)!;
    await this.#startAt(router, first!);
    await this.#untilActive(router, first!, signal);
    await allDone(others.map((host) => this.#startAt(router, host)));
  }

  /** How many other places run it. */
  #others(router: string, names: readonly string[]): number {
    return this.places.filter(
      (place) => place.serves === router && this.isBound(place) && !names.includes(place.node),
    ).length;
  }

  async #prepare(node: LabNode): Promise<void> {
    const place = this.places.find((one) => one.node === node.name);
    if (!place) return;
    await this.#turn(place.serves)(() =>
      prepareReplica(this.#lab, node, this.#created && this.isBound(place)),
    );
  }

  async #startAt(router: string, host: string): Promise<void> {
    await whileUp(this.#lab, this.#place(router, host), (node) => startReplica(this.#lab, node));
  }

  #untilActive(router: string, host: string, signal: AbortSignal | undefined): Promise<void> {
    const { node } = this.#place(router, host);
    const active = async () => {
      const holders = await holdersOf(this.#lab, this.#router(router));
      return holders.length === 1 && holders[0]?.name === node;
    };
    return this.#until(router, node, active, signal);
  }

  async #until(
    router: string,
    who: string,
    check: () => Promise<boolean>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { vip, members } = this.#router(router);
    await waitUntil({
      what: `${who} to hold ${vip} (virtual router '${router}')`,
      timeout_ms: ACTIVE_TIMEOUT_MS,
      signal,
      check,
      log: async () => {
        const logs = await Promise.all(members.map(({ name }) => this.#lab.log(name, 8)));
        return members.map(({ name }, at) => `${name}:\n${logs[at]}`).join('\n');
      },
    });
  }

  #rebind(router: string, change: (hosts: readonly string[]) => readonly string[]): void {
    this.#bindings = new Map(this.#bindings).set(router, change(this.#bindings.get(router) ?? []));
  }

  #turn(router: string): LimitFunction {
    const turn = this.#turns.get(router) ?? pLimit(1);
    this.#turns.set(router, turn);
    return turn;
  }

  #router(name: string): VirtualRouter {
    return virtualRouters(this.#lab).find((one) => one.name === name)!;
  }

  #place(router: string, host: string): Place {
    const place = this.places.find((one) => one.serves === router && one.host === host);
    if (!place) throw new InputError(`host '${host}' has no place for router '${router}'`);
    return place;
  }
}
