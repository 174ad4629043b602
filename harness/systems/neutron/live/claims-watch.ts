import type { LabTime } from '../../../ground/time.ts';
import type { Lab } from '../../../lab/lab.ts';
import { labNow } from '../../../lab/now.ts';
import { isWrong } from '../findings/neutron-analysis.ts';
import type { AgentLook, ReplicaLook, WrongClaim } from '../findings/neutron-facts.ts';
import { lookAtAgents, lookAtReplicas } from './claims.ts';
import type { NeutronApi } from './neutron-api.ts';
import { RepeatedLook } from './repeated-look.ts';
import type { NeutronRouter } from './routers.ts';

/** A look costs the server three answers, and each node a list of its processes. */
const POLL_MS = 3000;

/** Looks, for as long as a trial lasts, at what the API claims beside what the nodes show. */
export class ClaimsWatch {
  /** Those that have ended, and those that have not. */
  readonly wrong: WrongClaim[] = [];
  readonly #lab: Lab;
  readonly #api: NeutronApi;
  readonly #routers: readonly NeutronRouter[];
  readonly #now = new Map<string, WrongClaim>();
  readonly #looks = new RepeatedLook(() => this.#look(), POLL_MS);

  constructor(lab: Lab, api: NeutronApi, routers: readonly NeutronRouter[]) {
    this.#lab = lab;
    this.#api = api;
    this.#routers = routers;
  }

  begin(): void {
    this.#looks.beginBeside();
  }

  /** Ends after the look that is being made now. Harmless twice. */
  async end(): Promise<void> {
    await this.#looks.end();
  }

  async #look(): Promise<void> {
    const agents = await lookAtAgents(this.#lab, this.#api, 'during');
    const replicas = await lookAtReplicas(this.#lab, this.#api, this.#routers, 'during');
    const at_ns = await labNow(this.#lab);
    const wrong = [
      ...agents.filter(({ claimed_alive, runs }) => claimed_alive !== runs).map(ofAgent),
      ...replicas.filter(isWrongNow).map(ofReplica),
    ];
    const keys = new Set(wrong.map(keyOf));
    for (const [key, claim] of this.#now) {
      claim.until_ns = at_ns;
      claim.open = keys.has(key);
      if (!claim.open) this.#now.delete(key);
    }
    for (const one of wrong) if (!this.#now.has(keyOf(one))) this.#add(one, at_ns);
  }

  #add(one: Omit<WrongClaim, 'from_ns' | 'until_ns' | 'open'>, at_ns: LabTime): void {
    const claim = { ...one, from_ns: at_ns, until_ns: at_ns, open: true };
    this.#now.set(keyOf(one), claim);
    this.wrong.push(claim);
  }
}

/** That the API has a replica of a node that is down as standby is no claim that it serves. */
function isWrongNow(look: ReplicaLook): boolean {
  return look.found === 'down' ? look.claimed === 'active' : isWrong(look);
}

type Subject = Pick<WrongClaim, 'of' | 'node' | 'name'>;

function keyOf({ of, node, name }: Subject): string {
  return `${of} ${node} ${name}`;
}

function ofAgent({ node, program, claimed_alive, runs }: AgentLook) {
  const claimed = claimed_alive === null ? 'not there' : claimed_alive ? 'alive' : 'dead';
  return { of: 'agent' as const, node, name: program, claimed, found: runs ? 'runs' : 'does not run' };
}

function ofReplica({ node, router, claimed, found }: ReplicaLook) {
  return { of: 'replica' as const, node, name: router, claimed: claimed ?? 'not there', found };
}
