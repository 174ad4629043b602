import { InputError } from '../ground/errors.ts';
import { didYouMean } from '../ground/near-name.ts';
import type { SwarmNode } from './swarm-shapes.ts';

/** Label of a node that says where its engine's socket is, if not at the usual place. */
const SOCKET_LABEL = 'hadrill.socket';
const SOCKET = '/var/run/docker.sock';

/** A node of the swarm as a fleet uses it. */
export interface FleetNode {
  id: string;
  /** Its host name; where several have the same, with the beginning of its ID: `lab1-k3x9z`. */
  name: string;
  /** Path of its engine's socket on its own machine. */
  socket: string;
  /** Why it can run no task at this moment, for people; undefined when it can. */
  away?: string | undefined;
}

/** Which nodes the user wants; nothing given: all that are active. */
export interface NodeChoice {
  /** `NAME=VALUE`, or `NAME` whatever its value: a node has all of them. */
  labels: readonly string[];
  /** Host names, or IDs. */
  names: readonly string[];
}

/**
 * The nodes that are wanted, by name. A node that is paused or drained (its availability) is taken only when it is named, and
 * then cannot be used: the user said both.
 * @throws InputError when there is none, or a name is not one's.
 */
export function chooseNodes(nodes: readonly SwarmNode[], { labels, names }: NodeChoice): FleetNode[] {
  const all = nodes.map((node) => ({ node, name: nameOf(node, nodes) }));
  const unknown = names.filter((wanted) => !all.some((one) => isCalled(one, wanted)));
  if (unknown.length > 0)
    throw new InputError(
      unknown.map((wanted) => ({
        message: `--node: the swarm has no node '${wanted}'${didYouMean(
          wanted,
          all.map(({ name }) => name),
        )}; it has ${all.map(({ name }) => name).join(', ')}`,
      })),
    );
  const named = all.filter((one) => names.length === 0 || names.some((wanted) => isCalled(one, wanted)));
  const labelled = named.filter(({ node }) => labels.every((label) => hasLabel(node, label)));
  if (labelled.length === 0)
    throw new InputError(
      `--label: no node of the swarm has ${labels.map((label) => `'${label}'`).join(' and ')}: ` +
        'give it with `docker node update --label-add NAME=VALUE NODE`',
    );
  const chosen = labelled.filter(({ node }) => names.length > 0 || node.Spec.Availability === 'active');
  if (chosen.length === 0)
    throw new InputError(
      `no node is available: ${labelled.map(({ node, name }) => `${name} is ${node.Spec.Availability === 'drain' ? 'drained' : 'paused'}`).join(', ')}`,
    );
  return chosen
    .map(({ node, name }) => fleetNode(node, name))
    .sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

/** Why a node can run no task now; undefined when it can. */
export function awayOf({ Status: status, Spec: spec }: SwarmNode): string | undefined {
  if (status.State !== 'ready') return `it is ${status.State}${status.Message ? `: ${status.Message}` : ''}`;
  if (spec.Availability !== 'active') return `its availability is '${spec.Availability}'`;
  return undefined;
}

function fleetNode(node: SwarmNode, name: string): FleetNode {
  return {
    id: node.ID,
    name,
    socket: node.Spec.Labels?.[SOCKET_LABEL] ?? SOCKET,
    away: awayOf(node),
  };
}

/** Of the name of an engine (`engine/engine-list.ts`), which it becomes. */
const LONGEST = 32;
const OF_ID = 5;

function nameOf({ ID: id, Description: { Hostname: host } }: SwarmNode, all: readonly SwarmNode[]): string {
  const short = shortName(host);
  const same = all.filter((other) => shortName(other.Description.Hostname) === short);
  if (same.length < 2) return short;
  const tells = new Set(same.map((other) => other.ID.slice(0, OF_ID))).size === same.length;
  const of_id = tells ? id.slice(0, OF_ID) : id;
  return `${short.slice(0, Math.max(0, LONGEST - of_id.length - 1))}-${of_id}`.replace(/^-/, '');
}

function shortName(host: string): string {
  const name = host.replace(/[^A-Za-z0-9_.-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return name.slice(0, LONGEST) || 'node';
}

function isCalled({ node, name }: { node: SwarmNode; name: string }, wanted: string): boolean {
  return wanted === name || wanted === node.Description.Hostname || wanted === node.ID;
}

function hasLabel({ Spec: { Labels: labels } }: SwarmNode, label: string): boolean {
  const at = label.indexOf('=');
  const name = at < 0 ? label : label.slice(0, at);
  const value = labels?.[name];
  return value !== undefined && (at < 0 || value === label.slice(at + 1));
}
