import type { Lab, LabNode } from '../../../lab/lab.ts';
import { RepeatedLook } from './repeated-look.ts';
import { replicasOn } from './replicas.ts';
import { type NeutronRouter, networkNodes } from './routers.ts';

/** A look is a question to the fabric's agent, no program in the node. */
const LOOK_MS = 500;

/** The name by which the fabric's agent knows a router's namespace on a node. */
function watchName(node: string, router: string): string {
  return `${node}/${router}`;
}

/**
 * Has the kernel's news of addresses in the namespaces of routers followed, on every node and through the whole trial: a
 * node that comes back, or gets a router meanwhile, makes a new namespace.
 */
export class NamespaceWatch {
  readonly #lab: Lab;
  readonly #routers: readonly NeutronRouter[];
  /** First process of the node whose namespace is watched, by node and router. */
  readonly #watched = new Map<string, number>();
  readonly #looks = new RepeatedLook(() => this.#look(), LOOK_MS);

  constructor(lab: Lab, routers: readonly NeutronRouter[]) {
    this.#lab = lab;
    this.#routers = routers;
  }

  /** @returns when every namespace that there is now is watched. */
  async begin(): Promise<void> {
    await this.#looks.begin();
  }

  async end(): Promise<void> {
    await this.#looks.end();
  }

  async #look(): Promise<void> {
    for (const node of networkNodes(this.#lab)) if (node.pid > 0) await this.#lookAt(node);
  }

  async #lookAt(node: LabNode): Promise<void> {
    const { name, pid } = node;
    const missing = this.#routers.filter((router) => this.#watched.get(watchName(name, router.name)) !== pid);
    if (missing.length === 0) return;
    const replicas = await replicasOn(this.#lab, node);
    for (const router of missing) {
      const inside = replicas.get(router.id)?.monitor;
      if (inside === undefined) continue;
      await this.#lab.agent.call('watch_namespace', { node: name, pid, name: router.name, inside });
      this.#watched.set(watchName(name, router.name), pid);
    }
  }
}

/** The nodes in whose watched namespace of a router its address is now, according to the kernel. */
export async function watchedHolders(lab: Lab, { name, address }: NeutronRouter): Promise<LabNode[]> {
  const held = await lab.agent.call('held_addresses', {});
  return networkNodes(lab).filter((node) => held[watchName(node.name, name)]?.includes(address));
}
