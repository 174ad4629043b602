import { waitUntil } from '../../../ground/wait.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import type { Moment, SystemWatch, Takeover, WatchedTrial } from '../../system-watch.ts';
import type { EcmpFiles } from '../config/load-ecmp.ts';
import type { EcmpFacts, EcmpRouter } from '../findings/ecmp-facts.ts';
import { notSpread } from '../findings/not-spread.ts';
import { bucketsOf } from './buckets.ts';
import { RouteListener, routesOf } from './router-routes.ts';

/** BGP's and BFD's start, a check that has to rise, and buckets that move when they are idle. */
const READY_MS = 60_000;
/** A look is a program in the node. */
const LOOK_AGAIN_MS = 500;
const POLL_MS = 200;

/** The routers of a lab that spread an address, in a trial. */
export class EcmpWatch implements SystemWatch {
  readonly facts: EcmpFacts;
  readonly takeover: Takeover;
  readonly #lab: Lab;
  readonly #routers: readonly EcmpRouter[];
  readonly #listeners: ReadonlyMap<string, RouteListener>;

  constructor({ lab, files }: WatchedTrial<EcmpFiles>) {
    this.#lab = lab;
    this.#routers = files.routers;
    this.#listeners = new Map(
      files.routers.map(({ node }) => [node, new RouteListener(lab, lab.node(node))]),
    );
    this.facts = {
      routers: files.routers.map((one) => ({ ...one, before: null, during: null, changes: null })),
      segments: segmentsOf(lab, files.routers),
    };
    this.takeover = { poll_ms: POLL_MS, isOver: (gone) => this.#areLeft(gone) };
  }

  settle(signal?: AbortSignal): Promise<void> {
    return this.#untilSpread(signal);
  }

  heal(signal?: AbortSignal): Promise<void> {
    return this.#untilSpread(signal);
  }

  async start(): Promise<void> {
    for (const listener of this.#listeners.values()) await listener.begin();
  }

  async look(when: Moment): Promise<void> {
    for (const router of this.facts.routers) {
      if (when !== 'after') router[when] = await routesOf(this.#lab, this.#lab.node(router.node));
      // At the end once more: the return is heard then.
      if (when !== 'before') router.changes = await this.#listeners.get(router.node)!.heard();
    }
  }

  async end(): Promise<void> {
    for (const listener of this.#listeners.values()) await listener.end();
  }

  /** Whether no router has a route to one of these nodes any more. */
  async #areLeft(gone: ReadonlySet<LabNode>): Promise<boolean> {
    for (const { node, announcers } of this.#routers) {
      const lost = new Set(
        announcers.filter((one) => gone.has(this.#lab.node(one.node))).map(({ address }) => address),
      );
      if (lost.size === 0) continue;
      const routes = await routesOf(this.#lab, this.#lab.node(node));
      if (routes?.some(({ next_hops }) => next_hops.some((hop) => lost.has(hop)))) return false;
    }
    return true;
  }

  async #untilSpread(signal: AbortSignal | undefined): Promise<void> {
    let why: string | undefined;
    await waitUntil({
      what: 'every router to spread flows over all that announce',
      timeout_ms: READY_MS,
      interval_ms: LOOK_AGAIN_MS,
      signal,
      check: async () => {
        for (const router of this.#routers) {
          why = await whyNotSpread(this.#lab, router);
          if (why !== undefined) return false;
        }
        return true;
      },
      lastSeen: () => why,
      log: () => this.#lab.log(this.#routers[0]!.node),
    });
  }
}

/** A router that does not say what routes it has is not waited for. */
async function whyNotSpread(lab: Lab, router: EcmpRouter): Promise<string | undefined> {
  const node = lab.node(router.node);
  const routes = await routesOf(lab, node);
  return routes ? notSpread(router, routes, await bucketsOf(lab, node)) : undefined;
}

/** Where the routers' frames go to those that announce: by segment, MAC address to node. */
function segmentsOf(lab: Lab, routers: readonly EcmpRouter[]): EcmpFacts['segments'] {
  const segments: Record<string, Record<string, string>> = {};
  for (const { node, interface: name } of routers.flatMap(({ announcers }) => announcers)) {
    const port = lab.node(node).ports.find((one) => one.interface === name);
    if (port) segments[port.bridge] = { ...segments[port.bridge], [port.mac]: node };
  }
  return segments;
}
