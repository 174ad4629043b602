import type { ChangeTime } from '../../../lab/agent-shapes.ts';
import type { GuardStep } from '../../../lab/guard-steps.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { type Doubt, waitForEffect } from '../../../lab/wait-for-effect.ts';
import type { Fault, FaultKind } from '../../fault.ts';
import { routerNamed } from '../../vrrp/live/elections.ts';
import { holdersOf } from '../../vrrp/live/virtual-routers.ts';
import { placesOf } from '../config/router-places.ts';
import { type Asked, askToDelete } from './ask-server.ts';
import { lookAtRequest } from './look-at-request.ts';
import { restoringSteps } from './replica.ts';
import { routerAt } from './router-place.ts';

/** The Neutron server is asked to delete a router. Healing creates it again, where it was. */
export const deleteRouterFault: FaultKind = {
  kind: 'delete-router',
  summary: 'a router is deleted: every host ends its replica; healing creates it again where it was',
  targets: ['node'],
  options: {},
  foresee: () => ({ departure: undefined, stops_forwarding: false }),
  prepare: (lab, target) => {
    const { router, node } = routerAt(lab, target, 'delete-router');
    return new DeleteRouter(lab, router, node);
  },
};

class DeleteRouter implements Fault {
  readonly label: string;
  // Nobody is to take over what it leaves.
  readonly departure = undefined;
  readonly stops_forwarding = false;
  readonly outside = 'a router is at several nodes';
  readonly victims: readonly LabNode[];
  readonly guard: readonly GuardStep[];
  readonly #lab: Lab;
  readonly #router: string;
  #asked: Asked | undefined;

  /** @param node a place of the router: the guard has it run there first, so that it becomes the active one. */
  constructor(lab: Lab, router: string, node: string) {
    this.#lab = lab;
    this.#router = router;
    const places = placesOf(lab.topology).filter(({ serves }) => serves === router);
    this.victims = places.map((place) => lab.node(place.node));
    const first = this.victims.toSorted((a, b) => Number(b.name === node) - Number(a.name === node));
    this.guard = first.flatMap(restoringSteps);
    this.label = `deletion of router '${router}'`;
  }

  /** The time is taken around the server's answer. @throws InputError when the router is not there. */
  async apply(): Promise<ChangeTime> {
    this.#asked = await askToDelete(this.#lab, this.#router);
    const { before_ns, after_ns } = this.#asked;
    return { before_ns, after_ns };
  }

  /** The server has answered: what hosts make of it is the system's, and is measured. */
  async verifyApplied(): Promise<Doubt> {
    return this.#asked ? undefined : 'the server was not asked';
  }

  async heal(): Promise<void> {
    if (!this.#asked) return;
    const { server, request } = this.#asked;
    await lookAtRequest(this.#lab, server, request);
    if (server.exists(this.#router)) return;
    await request.done;
    server.adopt(this.#router, request.facts.hosts);
    await server.raise(this.#router);
  }

  verifyHealed(): Promise<Doubt> {
    return waitForEffect(async () => {
      if (!this.#asked) return undefined;
      const holders = await holdersOf(this.#lab, routerNamed(this.#lab, this.#router));
      return holders.length === 1 ? undefined : `${holders.length} nodes hold its address`;
    });
  }
}
