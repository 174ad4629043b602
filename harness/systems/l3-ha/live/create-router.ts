import type { ChangeTime } from '../../../lab/agent-shapes.ts';
import type { GuardStep } from '../../../lab/guard-steps.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { type Doubt, waitForEffect } from '../../../lab/wait-for-effect.ts';
import type { Fault, FaultKind } from '../../fault.ts';
import { placesOf } from '../config/router-places.ts';
import { type Asked, askToCreate } from './ask-server.ts';
import { leftAt, lookAtRequest } from './look-at-request.ts';
import { endingSteps } from './replica.ts';
import { routerAt } from './router-place.ts';

/** The Neutron server is asked for a router that is not there. Healing deletes it. */
export const createRouterFault: FaultKind = {
  kind: 'create-router',
  summary: 'a router is asked for: the scheduler places it on hosts, or refuses it; healing deletes it',
  targets: ['node'],
  options: {},
  foresee: () => ({ departure: undefined, stops_forwarding: false }),
  prepare: (lab, target) => new CreateRouter(lab, routerAt(lab, target, 'create-router').router),
};

class CreateRouter implements Fault {
  // Nobody leaves what he shares with others.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly outside = 'a router is at several nodes';
  readonly victims: readonly LabNode[];
  readonly guard: readonly GuardStep[];
  readonly #lab: Lab;
  readonly #router: string;
  #asked: Asked | undefined;

  constructor(lab: Lab, router: string) {
    this.#lab = lab;
    this.#router = router;
    const places = placesOf(lab.topology).filter(({ serves }) => serves === router);
    this.victims = places.map(({ node }) => lab.node(node));
    this.guard = this.victims.flatMap(endingSteps);
  }

  get label(): string {
    const refused = this.#asked?.request.facts.refusal;
    return `creation of router '${this.#router}'${refused === undefined ? '' : ', refused'}`;
  }

  /** The time is taken around the server's decision. @throws InputError when the router is there. */
  async apply(): Promise<ChangeTime> {
    this.#asked = await askToCreate(this.#lab, this.#router);
    const { before_ns, after_ns } = this.#asked;
    return { before_ns, after_ns };
  }

  /** The server has answered: what hosts make of it is the system's, and is measured. A refusal is an answer. */
  async verifyApplied(): Promise<Doubt> {
    return this.#asked ? undefined : 'the server was not asked';
  }

  async heal(): Promise<void> {
    if (!this.#asked) return;
    const { server, request } = this.#asked;
    await lookAtRequest(this.#lab, server, request);
    if (request.facts.refusal !== undefined || !server.exists(this.#router)) return;
    request.ending.abort();
    await request.done;
    await server.delete(this.#router);
  }

  /** It runs nowhere; where an agent hangs that is not known before it goes on. */
  verifyHealed(): Promise<Doubt> {
    const { server } = this.#asked ?? {};
    return waitForEffect(async () => {
      if (!server) return undefined;
      const left = await leftAt(this.#lab, server, this.#router);
      const places = server.placesOf(this.#router).filter(({ node }) => left.includes(node));
      const hung = await Promise.all(places.map((place) => server.hangs(place)));
      const still = places.filter((_, at) => !hung[at]).map(({ node }) => node);
      return still.length > 0 ? `it still runs on ${still.join(' and ')}` : undefined;
    });
  }
}
