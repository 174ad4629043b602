import { didYouMean } from '../ground/near-name.ts';
import { parseMac, prefixProblem } from './addresses.ts';
import type { ClabLink } from './clab-schema.ts';
import { interfaceNameProblem } from './names.ts';
import type { ResolvedBridges } from './resolve-bridges.ts';
import type { ResolveContext } from './resolve-context.ts';
import type { BridgeEndpoint, NodeEndpoint, Wire } from './topology.ts';
import type { YamlPath } from './yaml-path.ts';

/** A wire end with the place of everything that may be wrong with it. */
export interface PlacedEnd<E extends NodeEndpoint | BridgeEndpoint = NodeEndpoint | BridgeEndpoint> {
  end: E;
  path: YamlPath;
  interface_path: YamlPath;
  mac_path: YamlPath;
  ipv4_path: YamlPath;
  ipv6_path: YamlPath;
}

export interface PlacedWire {
  wire: Wire;
  a: PlacedEnd<NodeEndpoint>;
  b: PlacedEnd;
}

export interface ResolvedLinks {
  wires: PlacedWire[];
  /** Every end that makes sense by itself, in file order, also of links that are refused. */
  ends: PlacedEnd[];
}

/** Makes wires of links, brief or extended veth (containerlab manual, topology definition: links). */
export function resolveLinks(context: ResolveContext, resolved: ResolvedBridges): ResolvedLinks {
  const links: ResolvedLinks = { wires: [], ends: [] };
  for (const [index, link] of (context.clab.topology.links ?? []).entries()) {
    const path = ['topology', 'links', index];
    checkForm(context, link, path);
    const ends = [0, 1].map((end) => {
      const written = writtenEnd(context, link, end, path);
      return written && resolveEnd(context, resolved, written);
    });
    links.ends.push(...ends.filter((end) => end !== undefined));
    const wire = ends[0] && ends[1] && join(context, ends[0], ends[1], link.mtu, path);
    if (wire) links.wires.push(wire);
  }
  return links;
}

function join(
  context: ResolveContext,
  first: PlacedEnd,
  second: PlacedEnd,
  mtu: number | undefined,
  path: YamlPath,
): PlacedWire | undefined {
  if (isNodeEnd(first)) return { wire: { a: first.end, b: second.end, mtu }, a: first, b: second };
  if (isNodeEnd(second)) return { wire: { a: second.end, b: first.end, mtu }, a: second, b: first };
  const message = 'a link between two bridges is not supported by hadrill: connect the nodes to one of them';
  context.report([...path, 'endpoints'], message);
  return undefined;
}

/** containerlab reads endpoints as texts without a type, and as mappings with `type: veth`. */
function checkForm(context: ResolveContext, link: ClabLink, path: YamlPath): void {
  const isExtended = link.endpoints.some((endpoint) => typeof endpoint !== 'string');
  if (isExtended && link.endpoints.some((endpoint) => typeof endpoint === 'string')) {
    context.report(
      [...path, 'endpoints'],
      "a link has either two 'NODE:INTERFACE' texts or two mappings, not one of each",
    );
  } else if (isExtended && link.type === undefined && !context.isRefused([...path, 'type'])) {
    context.report(path, "a link whose endpoints are mappings needs 'type: veth'");
  } else if (!isExtended && link.type !== undefined) {
    context.report([...path, 'type'], "'type: veth' needs endpoints written as mappings (node, interface)");
  }
}

interface WrittenEnd {
  node: string;
  interface: string;
  mac: string | undefined;
  ipv4: string | undefined;
  ipv6: string | undefined;
  path: YamlPath;
  node_path: YamlPath;
  interface_path: YamlPath;
  mac_path: YamlPath;
  ipv4_path: YamlPath;
  ipv6_path: YamlPath;
}

function writtenEnd(
  context: ResolveContext,
  link: ClabLink,
  index: number,
  linkPath: YamlPath,
): WrittenEnd | undefined {
  const path = [...linkPath, 'endpoints', index];
  const listed = (key: 'ipv4' | 'ipv6') => ({
    value: link[key]?.[index] || undefined,
    path: [...linkPath, key, index],
  });
  const endpoint = link.endpoints[index]!;
  const own = typeof endpoint === 'string' ? undefined : endpoint;
  const address = (key: 'ipv4' | 'ipv6') =>
    own?.[key] === undefined ? listed(key) : { value: own[key], path: [...path, key] };
  const [ipv4, ipv6] = [address('ipv4'), address('ipv6')];
  const common = {
    mac: own?.mac,
    ipv4: ipv4.value,
    ipv6: ipv6.value,
    path,
    mac_path: [...path, 'mac'],
    ipv4_path: ipv4.path,
    ipv6_path: ipv6.path,
  };
  if (typeof endpoint !== 'string') {
    const paths = { node_path: [...path, 'node'], interface_path: [...path, 'interface'] };
    return { ...common, ...paths, node: endpoint.node, interface: endpoint.interface };
  }
  const match = /^([^:\s]+):([^:\s]+)$/.exec(endpoint);
  if (match)
    return { ...common, node_path: path, interface_path: path, node: match[1]!, interface: match[2]! };
  context.report(path, `'${endpoint}' is not a link endpoint: write it NODE:INTERFACE`);
  return undefined;
}

function resolveEnd(
  context: ResolveContext,
  resolved: ResolvedBridges,
  written: WrittenEnd,
): PlacedEnd | undefined {
  const bridge = resolved.bridges.get(written.node);
  const what = bridge ? 'port' : 'interface';
  const problem = interfaceNameProblem(what, written.interface);
  if (problem) context.report(written.interface_path, problem);
  if (!isUsable(context, resolved, written)) return undefined;
  if (!bridge) {
    const end: NodeEndpoint = {
      kind: 'node',
      node: written.node,
      interface: written.interface,
      ...addresses(context, written),
    };
    return { ...written, end };
  }
  for (const key of ['mac', 'ipv4', 'ipv6'] as const) {
    if (written[key] === undefined) continue;
    context.report(
      written[`${key}_path`],
      `a bridge port has no '${key}': give it to the node at the other end`,
    );
  }
  return { ...written, end: { kind: 'bridge', bridge: bridge.id, port: written.interface } };
}

const SPECIAL_ENDS = new Set(['host', 'macvlan', 'mgmt-net', 'dummy']);

function isUsable(
  context: ResolveContext,
  resolved: ResolvedBridges,
  { node, node_path }: WrittenEnd,
): boolean {
  if (resolved.fabric_nodes.has(node)) {
    const message = `node '${node}' carries bridges, so hadrill's fabric plays it and it can have no link of its own`;
    context.report(node_path, message);
    return false;
  }
  if (context.node_names.has(node)) return true;
  if (SPECIAL_ENDS.has(node)) {
    const message = `containerlab's '${node}:' endpoint is not supported by hadrill: no packet of a lab may leave it`;
    context.report(node_path, message);
  } else {
    context.report(node_path, `link to unknown node '${node}'${didYouMean(node, context.node_names)}`);
  }
  return false;
}

function addresses(
  context: ResolveContext,
  written: WrittenEnd,
): Pick<NodeEndpoint, 'mac' | 'ipv4' | 'ipv6'> {
  for (const family of ['ipv4', 'ipv6'] as const) {
    const text = written[family];
    const problem = text === undefined ? undefined : prefixProblem(family, text);
    if (problem) context.report(written[`${family}_path`], problem);
  }
  if (written.mac === undefined) return { mac: undefined, ipv4: written.ipv4, ipv6: written.ipv6 };
  const parsed = parseMac(written.mac);
  if ('problem' in parsed) context.report(written.mac_path, parsed.problem);
  return { mac: 'mac' in parsed ? parsed.mac : undefined, ipv4: written.ipv4, ipv6: written.ipv6 };
}

/** The end is an interface of a node. */
export function isNodeEnd(placed: PlacedEnd): placed is PlacedEnd<NodeEndpoint> {
  return placed.end.kind === 'node';
}
