import type { ResolveContext } from './resolve-context.ts';
import { isNodeEnd, type ResolvedLinks } from './resolve-links.ts';
import type { PlacedNode } from './resolve-node.ts';
import type { TopologyBridge } from './topology.ts';

/** Labels of nodes into which hadrill writes before they boot: a BMC starts nodes without it. */
const WRITTEN_INTO = ['hadrill.dhcp', 'hadrill.routers'];

/**
 * Reports what is wrong with the BMCs of the hosts: a network that is not there, an address that another end has, two
 * for one host, one of a host that it could not start as the lab does.
 */
export function checkBmcs(
  context: ResolveContext,
  placed: readonly PlacedNode[],
  links: ResolvedLinks,
  bridges: readonly TopologyBridge[],
): void {
  const names = bridges.map(({ name }) => name);
  const owners = new Map<string, string>();
  for (const { end } of links.ends.filter(isNodeEnd))
    if (end.ipv4) owners.set(end.ipv4.split('/', 1)[0]!, `${end.node}:${end.interface}`);
  const hosts = new Map<string, string>();
  for (const { node, bmc } of placed) {
    if (!bmc) continue;
    const { path, bridge, address } = bmc;
    if (!names.includes(bridge))
      context.report(
        path,
        `there is no bridge '${bridge}' for the BMC; there are ${names.join(', ') || 'none'}`,
      );
    const bare = address.split('/', 1)[0]!;
    const owner = owners.get(bare);
    if (owner) context.report(path, `${bare} is the address of ${owner} already`);
    owners.set(bare, `the BMC of host '${node.host}'`);
    const other = hosts.get(node.host);
    if (other)
      context.report(
        path,
        `host '${node.host}' has two BMCs: at '${other}' and at '${node.name}'; a machine has one`,
      );
    hosts.set(node.host, node.name);
    const unfit = placed.find(
      (one) => one.node.host === node.host && WRITTEN_INTO.some((label) => label in one.node.labels),
    );
    if (unfit) {
      const label = WRITTEN_INTO.find((one) => one in unfit.node.labels);
      context.report(
        path,
        `host '${node.host}' cannot have a BMC: hadrill writes into '${unfit.node.name}' before it boots (${label}), which a BMC does not wait for`,
      );
    }
  }
}
