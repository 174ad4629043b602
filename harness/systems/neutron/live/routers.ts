import type { Lab, LabNode } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import { isNetworkNode } from '../config/neutron-nodes.ts';

/** A router of Neutron. */
export interface NeutronRouter {
  readonly name: string;
  readonly id: string;
  /** Neutron has several replicas of it, with keepalived; one without is on a single node, and moves when its agent is dead. */
  readonly ha: boolean;
  /** What its primary holds, and no other replica: its address in the first of its networks. */
  readonly address: string;
}

/** The network namespace that a replica of a router is in, on every node that has one. */
export function namespaceOf({ id }: Pick<NeutronRouter, 'id'>): string {
  return `qrouter-${id}`;
}

/** The nodes that can have replicas of routers, those that are down as well. */
export function networkNodes(lab: Lab): LabNode[] {
  return lab.nodes.filter(({ spec }) => isNetworkNode(spec));
}

/** The nodes in whose namespace of the router its address is now, according to the kernel. */
export async function holdersOf(lab: Lab, router: NeutronRouter): Promise<LabNode[]> {
  const running = networkNodes(lab).filter(({ pid }) => pid > 0);
  const held = await Promise.all(running.map((node) => addressesIn(lab, node, namespaceOf(router))));
  return running.filter((_, index) => held[index]!.includes(router.address));
}

/** The addresses of IPv4 in a network namespace of a node; none where there is no such namespace. */
export async function addressesIn(lab: Lab, node: LabNode, namespace: string): Promise<string[]> {
  const argv = ['ip', '-netns', namespace, '-4', '-oneline', 'address', 'show'];
  const { status, stdout } = await runInNode(lab, node, argv);
  if (status !== 0) return [];
  return [...stdout.matchAll(/ inet ([0-9.]+)\//g)].map((match) => match[1]!);
}
