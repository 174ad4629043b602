import type { Lab } from '../../../lab/lab.ts';
import { routerNamed } from '../../vrrp/live/elections.ts';
import { holdersOf } from '../../vrrp/live/virtual-routers.ts';
import type { RouterRequest } from './router-request.ts';
import type { RouterServer } from './router-server.ts';
import { StandbyWatch } from './standby-watch.ts';

/** Follows what is asked of the server in a trial: until a created router has its standbys, and nobody a deleted one's address. */
export class RequestWatch {
  readonly #lab: Lab;
  readonly #server: RouterServer;
  readonly #standbys: StandbyWatch;
  /** Creations that are looked at. */
  readonly #awaited = new Set<RouterRequest>();

  constructor(lab: Lab, server: RouterServer) {
    this.#lab = lab;
    this.#server = server;
    this.#standbys = new StandbyWatch(lab);
  }

  begin(): void {
    this.#server.requests.length = 0;
    this.#standbys.start(() => {
      for (const request of this.#server.requests.filter(isReplicated)) {
        if (this.#awaited.has(request)) continue;
        this.#awaited.add(request);
        this.#standbys.expect(request.facts.router);
      }
      return [];
    });
  }

  /** A router was created in this trial, and that is not undone. */
  hasCreated(router: string): boolean {
    return this.#server.requests.some(
      ({ facts }) => facts.kind === 'create' && facts.router === router && facts.undone_ns === undefined,
    );
  }

  /** Everything that was asked for has come about. */
  async isOver(): Promise<boolean> {
    for (const request of this.#server.requests) if (!(await this.#hasCome(request))) return false;
    return true;
  }

  /** Ends it. @returns every request, with when its router was first seen with its standbys. @throws as `StandbyWatch.stop`. */
  async end(): Promise<RouterRequest['facts'][]> {
    await this.#standbys.stop();
    return this.#server.requests.map(({ facts }) => {
      const redundant_ns = facts.kind === 'create' ? this.#redundantAt(facts) : undefined;
      return { ...facts, ...(redundant_ns === undefined ? {} : { redundant_ns }) };
    });
  }

  async #hasCome(request: RouterRequest): Promise<boolean> {
    const { facts, is_done } = request;
    if (facts.refusal !== undefined || facts.undone_ns !== undefined) return true;
    if (!is_done) return false;
    const holders = await holdersOf(this.#lab, routerNamed(this.#lab, facts.router));
    if (facts.kind === 'delete') return holders.length === 0;
    return isReplicated(request) ? this.#redundantAt(facts) !== undefined : holders.length === 1;
  }

  #redundantAt({ router, at_ns, undone_ns = Infinity }: RouterRequest['facts']): number | undefined {
    const seen = this.#standbys.restored.find(
      (one) => one.router === router && one.at_ns >= at_ns && one.at_ns < undone_ns,
    );
    return seen?.at_ns;
  }
}

/** A creation on more than one host. */
function isReplicated({ facts }: RouterRequest): boolean {
  return facts.kind === 'create' && facts.hosts.length > 1;
}
