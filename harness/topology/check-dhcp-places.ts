import type { ResolveContext } from './resolve-context.ts';
import type { PlacedDhcp } from './resolve-labels.ts';
import { isNodeEnd, type ResolvedLinks } from './resolve-links.ts';
import type { PlacedNode } from './resolve-node.ts';
import type { TopologyNode } from './topology.ts';

/** A node with the label `hadrill.dhcp`: where the agent of a host serves a network. */
interface Place {
  node: TopologyNode;
  network: NonNullable<PlacedDhcp['network']>;
  networks_file: PlacedDhcp['networks_file'];
}

/**
 * Reports what is wrong with the places of DHCP agents as far as it can be known without the networks file: a
 * place without a networks file or without an address on its network, several files, two places of one network
 * on one host.
 */
export function checkDhcpPlaces(
  context: ResolveContext,
  placed: readonly PlacedNode[],
  links: ResolvedLinks,
): void {
  const places = placed.flatMap(({ node, dhcp: { network, networks_file } }) =>
    network ? [{ node, network, networks_file }] : [],
  );
  for (const place of places) checkInterface(context, place, links);
  checkFiles(context, places);
  checkHosts(context, places);
}

function checkInterface(context: ResolveContext, { node, network }: Place, links: ResolvedLinks): void {
  const end = links.ends
    .filter(isNodeEnd)
    .find((one) => one.end.node === node.name && one.end.interface === network.value);
  if (!end) {
    const message = `node '${node.name}' serves '${network.value}' but has no interface of that name: name its end of the wire '${network.value}'`;
    context.report(network.path, message);
  } else if (end.end.ipv4 === undefined && !context.isRefused(end.ipv4_path)) {
    const message = `'${node.name}:${network.value}' needs an address ('ipv4') in the network's subnet: a DHCP agent answers from it`;
    context.report(end.path, message);
  }
}

function checkFiles(context: ResolveContext, places: readonly Place[]): void {
  const first = places.find(({ networks_file }) => networks_file !== undefined);
  for (const { node, network, networks_file: file } of places) {
    if (file === undefined) {
      const message = `node '${node.name}' serves a network by 'hadrill.dhcp', but has no label 'hadrill.networks' that names the file of the networks`;
      context.report(network.path, message, 'key');
    } else if (first?.networks_file && file.value !== first.networks_file.value) {
      const message = `node '${node.name}' names the networks file '${file.value}', but '${first.node.name}' names '${first.networks_file.value}': a lab has one`;
      context.report(file.path, message);
    }
  }
}

function checkHosts(context: ResolveContext, places: readonly Place[]): void {
  for (const [index, { node, network }] of places.entries()) {
    const other = places
      .slice(0, index)
      .find((one) => one.network.value === network.value && one.node.host === node.host);
    if (!other) continue;
    const message = `network '${network.value}' has two places on host '${node.host}': '${other.node.name}' and '${node.name}'; a host serves a network once`;
    context.report(network.path, message);
  }
}
