import { canonicalAddress } from './addresses.ts';
import type { ResolveContext } from './resolve-context.ts';
import { isNodeEnd, type PlacedEnd, type ResolvedLinks } from './resolve-links.ts';
import type { TopologyBridge } from './topology.ts';
import type { YamlPath } from './yaml-path.ts';

/** Reports interfaces, ports, MAC and IP addresses that are used twice. */
export function checkWires(
  context: ResolveContext,
  links: ResolvedLinks,
  bridges: Iterable<TopologyBridge>,
): void {
  checkInterfaces(context, links.ends);
  checkPorts(context, links.ends, new Set([...bridges].map(({ name }) => name)));
  checkMacs(context, links.ends);
  for (const family of ['ipv4', 'ipv6'] as const) checkAddresses(context, links, family);
}

/** Remembers where something was used first. */
class FirstUse {
  readonly #paths = new Map<string, YamlPath>();

  /** The place of the first use, unless this is it. */
  earlier(key: string, path: YamlPath): YamlPath | undefined {
    const first = this.#paths.get(key);
    if (!first) this.#paths.set(key, path);
    return first;
  }
}

function checkInterfaces(context: ResolveContext, ends: readonly PlacedEnd[]): void {
  const uses = new FirstUse();
  for (const { end, interface_path: path } of ends.filter(isNodeEnd)) {
    const key = `${end.node}:${end.interface}`;
    const first = uses.earlier(key, path);
    if (!first) continue;
    const message = isSameLink(first, path)
      ? `a link connects '${key}' to itself`
      : `'${key}' is already connected by the link in line ${context.lineOf(first)}`;
    context.report(path, message);
  }
}

/** Paths are topology, links, LINK, endpoints, END, ... */
function isSameLink(a: YamlPath, b: YamlPath): boolean {
  return a[2] === b[2];
}

function checkPorts(
  context: ResolveContext,
  ends: readonly PlacedEnd[],
  bridgeNames: ReadonlySet<string>,
): void {
  const uses = new FirstUse();
  for (const { end, interface_path: path } of ends) {
    if (end.kind !== 'bridge') continue;
    const port = `port '${end.port}' of bridge '${end.bridge}'`;
    if (bridgeNames.has(end.port)) {
      context.report(path, `${port} has the name of a bridge: both live in one fabric; rename the port`);
    }
    const first = uses.earlier(end.port, path);
    if (!first) continue;
    const line = context.lineOf(first);
    context.report(
      path,
      `${port} is already used in line ${line}: the ports of all bridges share one fabric`,
    );
  }
}

function checkMacs(context: ResolveContext, ends: readonly PlacedEnd[]): void {
  const uses = new FirstUse();
  for (const { end, mac_path: path } of ends.filter(isNodeEnd)) {
    const first = end.mac && uses.earlier(end.mac, path);
    if (!first) continue;
    context.report(path, `MAC address '${end.mac}' is already used in line ${context.lineOf(first)}`);
  }
}

function checkAddresses(context: ResolveContext, links: ResolvedLinks, family: 'ipv4' | 'ipv6'): void {
  const uses = new FirstUse();
  for (const [index, { a, b }] of links.wires.entries()) {
    const segment = b.end.kind === 'bridge' ? `bridge ${b.end.bridge}` : `link ${index}`;
    for (const { end, [`${family}_path` as const]: path } of [a, b].filter(isNodeEnd)) {
      const address = end[family] && canonicalAddress(end[family]);
      const first = address && uses.earlier(`${segment} ${address}`, path);
      if (!first) continue;
      const line = context.lineOf(first);
      context.report(path, `address '${address}' is already used on the same segment in line ${line}`);
    }
  }
}
