import { InputError, type InputProblem } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import type { Topology, TopologyNode } from './topology.ts';

/** A node, by its name or by the part it plays at the moment of injection: `master(router)`. */
export type NodeSelector = { kind: 'node'; node: string } | { kind: 'role'; role: string; of: string };

/** A part that a node plays, as a target names it. */
export interface TargetRole {
  /** What stands in the parentheses, for help texts: `VR` of `master(VR)`. */
  readonly of: string;
  /** One node that it may turn out to be decides: not every one of them must have the interface of a target. */
  readonly may_be_any?: true;
  /** The nodes that may turn out to play it according to the topology; a problem when there can be none. */
  candidates(of: string, topology: Topology): readonly TopologyNode[] | InputProblem;
}

/** Word to role. */
export type TargetRoles = ReadonlyMap<string, TargetRole>;

/** What a fault is aimed at. */
export type Target =
  | { kind: 'node'; node: NodeSelector }
  | { kind: 'process'; node: NodeSelector; process: string }
  | { kind: 'interface'; node: NodeSelector; interface: string }
  | { kind: 'host'; host: string }
  /** A bridge of the topology, by its name in the fabric, and all that are on it. */
  | { kind: 'network'; network: string }
  /** The host of a node. */
  | { kind: 'host-of'; node: NodeSelector };

const SELECTOR =
  /^(?:(?<role>[a-zA-Z][a-zA-Z0-9_-]*)\((?<of>[a-zA-Z0-9][a-zA-Z0-9_.-]*)\)|(?<node>[a-zA-Z0-9][a-zA-Z0-9_.-]*))/;
const PROCESS = /^\/(?<process>[^\s/:()]+)$/;
const NETWORK = /^network:(?<network>[a-zA-Z0-9_][a-zA-Z0-9_.@-]{0,14})$/;
const INTERFACE = /^:(?<interface>[a-zA-Z0-9_][a-zA-Z0-9_.@-]{0,14})$/;

/** Every way to write a target, for help texts and errors. */
export function targetForms(roles: TargetRoles): string[] {
  const played = [...roles].map(([word, { of }]) => `${word}(${of})`);
  const [first] = played;
  return [
    'NODE',
    ...played,
    'NODE/PROCESS',
    'NODE:INTERFACE',
    'host:NAME',
    ...(first === undefined ? [] : [`host:${first}`]),
    'network:BRIDGE',
  ];
}

/**
 * `r1`, `master(router)/keepalived`, `r1:ha0`, `host:node1`, `host:master(router)`, `network:ha`.
 * @param roles the parts that a node may be named by.
 * @throws InputError with the forms that there are.
 */
export function parseTarget(text: string, roles: TargetRoles): Target {
  const isHost = text.startsWith('host:');
  const target = isHost
    ? parseHost(text.slice('host:'.length))
    : (parseNetwork(text) ?? parseNodeTarget(text));
  const forms = `a target is one of ${targetForms(roles).join(', ')} (/PROCESS and :INTERFACE follow any node form)`;
  if (target) {
    const role = roleIn(target);
    if (role === undefined || roles.has(role)) return target;
    throw new InputError(
      `'${text}' is not a target: there is no role '${role}'${didYouMean(role, roles.keys())}; ${forms}`,
    );
  }
  if (isHost && /[/:]/.test(text.slice('host:'.length))) {
    throw new InputError(`'${text}' is not a target: a host takes no process or interface; ${forms}`);
  }
  throw new InputError(`'${text}' is not a target: ${forms}`);
}

function roleIn(target: Target): string | undefined {
  return 'node' in target && target.node.kind === 'role' ? target.node.role : undefined;
}

/** The target as it is written. */
export function formatTarget(target: Target): string {
  switch (target.kind) {
    case 'host':
      return `host:${target.host}`;
    case 'network':
      return `network:${target.network}`;
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
  return `${selector.role}(${selector.of})`;
}

function parseHost(text: string): Target | undefined {
  const parsed = parseSelector(text);
  if (parsed?.rest !== '') return undefined;
  const { selector } = parsed;
  return selector.kind === 'node'
    ? { kind: 'host', host: selector.node }
    : { kind: 'host-of', node: selector };
}

function parseNetwork(text: string): Target | undefined {
  const network = NETWORK.exec(text)?.groups?.network;
  return network === undefined ? undefined : { kind: 'network', network };
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
  return { selector: { kind: 'role', role: role!, of: of! }, rest };
}

/**
 * What a target names that the topology does not have. A process cannot be known before the lab runs, so it is not
 * checked, nor is what a role does not know by the files.
 */
export function checkTarget(target: Target, topology: Topology, roles: TargetRoles): InputProblem[] {
  if (target.kind === 'host') {
    const hosts = [...new Set(topology.nodes.map(({ host }) => host))];
    return hosts.includes(target.host) ? [] : [unknownName('host', target.host, hosts)];
  }
  if (target.kind === 'network') {
    const bridges = topology.bridges.map(({ name }) => name);
    return bridges.includes(target.network) ? [] : [unknownName('network', target.network, bridges)];
  }
  const { node } = target;
  const role = node.kind === 'role' ? roles.get(node.role) : undefined;
  const candidates =
    node.kind === 'node' ? nodeNamed(node.node, topology) : (role?.candidates(node.of, topology) ?? []);
  if ('message' in candidates) return [candidates];
  return target.kind === 'interface' ? checkInterface(target, candidates, topology, role) : [];
}

/** The node of a name; a problem when there is none. */
export function nodeNamed(name: string, topology: Topology): readonly TopologyNode[] | InputProblem {
  const nodes = topology.nodes.filter((node) => node.name === name);
  return nodes.length > 0 ? nodes : unknownNode(name, topology);
}

function unknownNode(name: string, topology: Topology): InputProblem {
  const isBridge = topology.bridges.some(({ id, name: bridge }) => id === name || bridge === name);
  if (isBridge)
    return { message: `'${name}' is a bridge, not a node: name a wire by its node, like r1:eth1` };
  return unknownName(
    'node',
    name,
    topology.nodes.map((node) => node.name),
  );
}

/** Every node that it may turn out to be must have the interface, unless the role says that one is enough. */
function checkInterface(
  target: Target & { kind: 'interface' },
  nodes: readonly TopologyNode[],
  topology: Topology,
  role: TargetRole | undefined,
): InputProblem[] {
  const problems = nodes.flatMap((node) => {
    const interfaces = topology.wires
      .flatMap(({ a, b }) => (b.kind === 'node' ? [a, b] : [a]))
      .filter((end) => end.node === node.name)
      .map((end) => end.interface);
    const isKnown = interfaces.includes(target.interface);
    return isKnown ? [] : [unknownName('interface', target.interface, interfaces, node.name)];
  });
  return role?.may_be_any && problems.length < nodes.length ? [] : problems;
}

/** A name that is not known, with the nearest one and all that there are. */
export function unknownName(
  what: string,
  name: string,
  known: readonly string[],
  owner = 'the topology',
): InputProblem {
  const list = known.length > 0 ? known.join(', ') : 'none';
  return { message: `unknown ${what} '${name}'${didYouMean(name, known)}; ${owner} has ${list}` };
}
