import { InputError, type InputProblem } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import type { Topology, TopologyNode } from './topology.ts';

/** A node, by its name or by the part it plays at the moment of injection. */
export type NodeSelector =
  | { kind: 'node'; node: string }
  /** The node that owns (`master`) or waits for (`backup`) the address of a virtual router. */
  | { kind: 'master' | 'backup'; router: string }
  /** The node that runs a cluster resource. */
  | { kind: 'active'; resource: string }
  /** A member of its cluster that is online and does not run it: the first one of the topology. */
  | { kind: 'standby'; resource: string }
  /** The node whose DHCP server granted the lease of a client. */
  | { kind: 'server'; client: string };

/** What a fault is aimed at. */
export type Target =
  | { kind: 'node'; node: NodeSelector }
  | { kind: 'process'; node: NodeSelector; process: string }
  | { kind: 'interface'; node: NodeSelector; interface: string }
  | { kind: 'host'; host: string }
  /** The host of a node. */
  | { kind: 'host-of'; node: NodeSelector };

/** Every way to write a target, for help texts and errors. */
export const TARGET_FORMS = [
  'NODE',
  'master(VR)',
  'backup(VR)',
  'active(RESOURCE)',
  'standby(RESOURCE)',
  'server(CLIENT)',
  'NODE/PROCESS',
  'NODE:INTERFACE',
  'host:NAME',
  'host:master(VR)',
] as const;

const SELECTOR =
  /^(?:(?<role>master|backup|active|standby|server)\((?<of>[a-zA-Z0-9][a-zA-Z0-9_.-]*)\)|(?<node>[a-zA-Z0-9][a-zA-Z0-9_.-]*))/;
const PROCESS = /^\/(?<process>[^\s/:()]+)$/;
const INTERFACE = /^:(?<interface>[a-zA-Z0-9_][a-zA-Z0-9_.@-]{0,14})$/;

/**
 * `r1`, `master(router)/keepalived`, `r1:ha0`, `host:node1`, `host:master(router)`.
 * @throws InputError with the forms that there are.
 */
export function parseTarget(text: string): Target {
  const isHost = text.startsWith('host:');
  const target = isHost ? parseHost(text.slice('host:'.length)) : parseNodeTarget(text);
  if (target) return target;
  const forms = `a target is one of ${TARGET_FORMS.join(', ')} (/PROCESS and :INTERFACE follow any node form)`;
  if (isHost && /[/:]/.test(text.slice('host:'.length))) {
    throw new InputError(`'${text}' is no target: a host takes no process or interface; ${forms}`);
  }
  throw new InputError(`'${text}' is no target: ${forms}`);
}

/** The target as it is written. */
export function formatTarget(target: Target): string {
  switch (target.kind) {
    case 'host':
      return `host:${target.host}`;
    case 'host-of':
      return `host:${formatSelector(target.node)}`;
    case 'node':
      return formatSelector(target.node);
    case 'process':
      return `${formatSelector(target.node)}/${target.process}`;
    case 'interface':
      return `${formatSelector(target.node)}:${target.interface}`;
  }
}

function formatSelector(selector: NodeSelector): string {
  if (selector.kind === 'node') return selector.node;
  return `${selector.kind}(${playedFor(selector)})`;
}

/** What a part is played in. */
function playedFor(selector: Exclude<NodeSelector, { kind: 'node' }>): string {
  if (selector.kind === 'active' || selector.kind === 'standby') return selector.resource;
  return selector.kind === 'server' ? selector.client : selector.router;
}

function parseHost(text: string): Target | undefined {
  const parsed = parseSelector(text);
  if (parsed?.rest !== '') return undefined;
  const { selector } = parsed;
  return selector.kind === 'node'
    ? { kind: 'host', host: selector.node }
    : { kind: 'host-of', node: selector };
}

function parseNodeTarget(text: string): Target | undefined {
  const parsed = parseSelector(text);
  if (!parsed) return undefined;
  const { selector: node, rest } = parsed;
  if (rest === '') return { kind: 'node', node };
  const process = PROCESS.exec(rest)?.groups?.process;
  if (process !== undefined) return { kind: 'process', node, process };
  const name = INTERFACE.exec(rest)?.groups?.interface;
  return name === undefined ? undefined : { kind: 'interface', node, interface: name };
}

function parseSelector(text: string): { selector: NodeSelector; rest: string } | undefined {
  const match = SELECTOR.exec(text);
  if (!match?.groups) return undefined;
  const { role, of, node } = match.groups;
  const rest = text.slice(match[0].length);
  if (node !== undefined) return { selector: { kind: 'node', node }, rest };
  if (role === 'active' || role === 'standby') return { selector: { kind: role, resource: of! }, rest };
  if (role === 'server') return { selector: { kind: 'server', client: of! }, rest };
  return { selector: { kind: role as 'master' | 'backup', router: of! }, rest };
}

/**
 * What a target names that the topology does not have. A resource of a cluster and a process cannot be
 * known before the lab runs, so they are not checked.
 */
export function checkTarget(target: Target, topology: Topology): InputProblem[] {
  if (target.kind === 'host') {
    const hosts = [...new Set(topology.nodes.map(({ host }) => host))];
    return hosts.includes(target.host) ? [] : [unknown('host', target.host, hosts)];
  }
  const candidates = candidatesOf(target.node, topology);
  if ('message' in candidates) return [candidates];
  return target.kind === 'interface' ? checkInterface(target, candidates, topology) : [];
}

/** The nodes that a selector may turn out to be; a problem when there can be none. */
function candidatesOf(selector: NodeSelector, topology: Topology): TopologyNode[] | InputProblem {
  if (selector.kind === 'active' || selector.kind === 'standby') return topology.nodes;
  if (selector.kind === 'server') {
    const known = topology.nodes.some(({ name }) => name === selector.client);
    return known ? topology.nodes : unknownNode(selector.client, topology);
  }
  if (selector.kind === 'node') {
    const nodes = topology.nodes.filter(({ name }) => name === selector.node);
    return nodes.length > 0 ? nodes : unknownNode(selector.node, topology);
  }
  const members = topology.nodes.filter((node) =>
    node.virtual_routers.some(({ name }) => name === selector.router),
  );
  if (members.length === 0) {
    const routers = new Set(topology.nodes.flatMap((node) => node.virtual_routers.map(({ name }) => name)));
    if (routers.size === 0) {
      return {
        message: `unknown virtual router '${selector.router}': no node has a label 'hadrill.vr.${selector.router}'`,
      };
    }
    return unknown('virtual router', selector.router, [...routers]);
  }
  if (selector.kind === 'backup' && members.length === 1) {
    const message = `virtual router '${selector.router}' has no backup: only '${members[0]!.name}' takes part in it`;
    return { message };
  }
  return members;
}

function unknownNode(name: string, topology: Topology): InputProblem {
  const isBridge = topology.bridges.some(({ id, name: bridge }) => id === name || bridge === name);
  if (isBridge)
    return { message: `'${name}' is a bridge, not a node: name a wire by its node, like r1:eth1` };
  return unknown(
    'node',
    name,
    topology.nodes.map((node) => node.name),
  );
}

/** Every node that it may turn out to be must have the interface; for a cluster's resource one of all is enough. */
function checkInterface(
  target: Target & { kind: 'interface' },
  nodes: readonly TopologyNode[],
  topology: Topology,
): InputProblem[] {
  const problems = nodes.flatMap((node) => {
    const interfaces = topology.wires
      .flatMap(({ a, b }) => (b.kind === 'node' ? [a, b] : [a]))
      .filter((end) => end.node === node.name)
      .map((end) => end.interface);
    const isKnown = interfaces.includes(target.interface);
    return isKnown ? [] : [unknown('interface', target.interface, interfaces, node.name)];
  });
  const may_be_any = ['active', 'standby', 'server'].includes(target.node.kind);
  return may_be_any && problems.length < nodes.length ? [] : problems;
}

function unknown(what: string, name: string, known: readonly string[], owner = 'the topology'): InputProblem {
  const list = known.length > 0 ? known.join(', ') : 'none';
  return { message: `unknown ${what} '${name}'${didYouMean(name, known)}; ${owner} has ${list}` };
}
