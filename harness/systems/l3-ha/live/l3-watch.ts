import { waitUntil } from '../../../ground/wait.ts';
import { addFailures } from '../../../journal/trial-words.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { Rescheduler } from '../../neutron-scheduling/live/rescheduler.ts';
import type { Moment, SystemWatch, Takeover, WatchedTrial } from '../../system-watch.ts';
import { namedRouters, virtualRouters } from '../../vrrp/live/virtual-routers.ts';
import type { L3Facts } from '../findings/l3-facts.ts';
import { requestFailures } from '../findings/request-words.ts';
import { leftAt } from './look-at-request.ts';
import { placementsNow } from './placements.ts';
import { RequestWatch } from './request-watch.ts';
import type { RouterServer } from './router-server.ts';
import { StandbyWatch } from './standby-watch.ts';
import { hasStandbys } from './standbys.ts';

/** A node's boot, both daemons' start, an advertisement and the sessions; this is ample. */
const RETURN_TIMEOUT_MS = 30_000;
/** Daemons that end. */
const ABSENT_TIMEOUT_MS = 10_000;
const POLL_MS = 100;

/** Plays the Neutron server's part in a trial, which gives routers of dead hosts a new standby, and notes what it does. */
export class L3Watch implements SystemWatch {
  readonly facts: L3Facts;
  readonly takeover: Takeover;
  readonly #lab: Lab;
  readonly #server: RouterServer;
  readonly #rescheduler: Rescheduler;
  readonly #standbys: StandbyWatch;
  readonly #requests: RequestWatch;
  readonly #trial: WatchedTrial;
  #begun = false;
  /** Nothing of dead hosts waits for a standby. */
  #is_redundant = false;

  constructor(trial: WatchedTrial, server: RouterServer) {
    const { lab } = trial;
    this.#trial = trial;
    this.#lab = lab;
    this.#requests = new RequestWatch(lab, server);
    this.#server = server;
    this.#rescheduler = new Rescheduler(lab, server);
    this.#standbys = new StandbyWatch(lab);
    const { agent_down_ms, report_interval_ms } = server.times;
    this.facts = {
      ...{ enabled: server.failover, agent_down_ms, report_interval_ms },
      ...{ placements: [], moves: [], wanting: [], restored: [] },
    };
    this.takeover = {
      poll_ms: POLL_MS,
      isOver: async (gone) => {
        this.#is_redundant = await this.#isRedundantAgain(gone);
        return this.#is_redundant && (await this.#requests.isOver());
      },
      // What was asked for and did not come about is reported by `heal`.
      failure: () =>
        this.#is_redundant
          ? undefined
          : `${[...this.#standbys.awaited].join(' and ') || 'no router'} had no standby in place again`,
    };
  }

  /** The active replicas alternate over the hosts, and nobody holds the address of a router that is not created. */
  async settle(signal?: AbortSignal): Promise<void> {
    await this.#server.activateAll(signal);
    for (const { name, vip } of namedRouters(this.#lab)) {
      if (this.#server.exists(name) || this.#server.placesOf(name).length === 0) continue;
      let left: string[] = [];
      await waitUntil({
        what: `nobody to hold ${vip}, of router '${name}' that is not created, or to run it`,
        timeout_ms: ABSENT_TIMEOUT_MS,
        interval_ms: POLL_MS,
        signal,
        check: async () => {
          left = await leftAt(this.#lab, this.#server, name);
          return left.length === 0;
        },
        lastSeen: () => `${left.join(' and ')} did`,
      });
    }
  }

  async begin(): Promise<void> {
    this.#begun = true;
    this.#rescheduler.start();
    this.#server.judgeAgentsBy(() => this.#rescheduler.alive());
    this.#requests.begin();
    this.#standbys.start(() =>
      this.#rescheduler.records.flatMap(({ serves, to_host }) => (to_host === null ? [] : [serves])),
    );
  }

  async look(when: Moment): Promise<void> {
    this.facts.placements.push(...(await placementsNow(this.#lab, this.#server, when)));
    if (when !== 'during') return;
    for (const router of virtualRouters(this.#lab)) {
      // What a created router lacks is noted with its request.
      if (!this.#isReplicated(router.name) || this.#requests.hasCreated(router.name)) continue;
      if (await hasStandbys(this.#lab, router)) continue;
      this.facts.wanting.push(router.name);
      this.#standbys.expect(router.name);
    }
  }

  /** Until every router has its standbys in place again. @throws DeadlineError when one has not. */
  async heal(signal?: AbortSignal): Promise<void> {
    addFailures(this.#trial.facts, ...this.#server.requests.flatMap(({ facts }) => requestFailures(facts)));
    await waitUntil({
      what: 'every router to have its standbys in place again',
      timeout_ms: RETURN_TIMEOUT_MS,
      interval_ms: POLL_MS,
      signal,
      check: () => this.#awaited().length === 0,
      lastSeen: () => `${this.#awaited().join(' and ')} had not`,
    });
  }

  /** Ends the moving, and gives every router back to where it was, for the next trial. */
  async end(): Promise<void> {
    if (!this.#begun) return;
    this.#begun = false;
    try {
      const moves = await this.#rescheduler.stop();
      this.facts.moves.push(
        ...moves.map(({ at_ns, serves: router, from_host, to_host }) => ({
          at_ns,
          router,
          from_host,
          to_host,
        })),
      );
      await this.#standbys.stop();
      this.facts.restored.push(...this.#standbys.restored);
    } finally {
      this.#server.judgeAgentsBy(undefined);
      const requests = await this.#requests.end();
      if (requests.length > 0) this.facts.requests = requests;
      await this.#server.reset();
    }
  }

  /** Nothing that dead hosts served is left to be given to others, and what was has its standbys. */
  async #isRedundantAgain(gone: ReadonlySet<LabNode>): Promise<boolean> {
    if (!this.#server.failover) return true;
    const alive = new Set(
      await this.#lab.agent.call('alive', { pids: [...gone].map(({ pid }) => pid).filter((pid) => pid > 0) }),
    );
    const dead = new Set([...gone].filter(({ pid }) => !alive.has(pid)).map(({ host }) => host));
    const nowhere = new Set(
      this.#rescheduler.records.filter(({ to_host }) => to_host === null).map(({ serves }) => serves),
    );
    const waiting = [...this.#server.bindings()].some(
      ([router, hosts]) => !nowhere.has(router) && hosts.some((host) => dead.has(host)),
    );
    return !waiting && this.#standbys.awaited.size === 0 && this.#areAllNoticed();
  }

  /** Between a move and the next look the router is not awaited yet. */
  #areAllNoticed(): boolean {
    const seen = new Set(this.#standbys.restored.map(({ router }) => router));
    return this.#rescheduler.records.every(({ serves, to_host }) => to_host === null || seen.has(serves));
  }

  /** Routers that have no standbys yet, without those that were deleted meanwhile. */
  #awaited(): string[] {
    return [...this.#standbys.awaited].filter((router) => this.#server.exists(router));
  }

  #isReplicated(router: string): boolean {
    return (this.#server.bindings().get(router)?.length ?? 0) > 1;
  }
}
