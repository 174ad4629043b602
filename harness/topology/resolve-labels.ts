import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { didYouMean } from '../ground/near-name.ts';
import { canonicalAddress, unfitAddress } from './addresses.ts';
import { IGNORE_LABEL, ignoreProblem } from './ignored-lines.ts';
import { type Layer, mergeEntries, type Sourced } from './inheritance.ts';
import { nameProblem, networkNameProblem } from './names.ts';
import { type PlacedBmc, readBmc } from './read-bmc.ts';
import type { ResolveContext } from './resolve-context.ts';
import { BUILT_ON_LABEL, builtOnProblem } from './shipped-image.ts';
import type { VirtualRouterMember } from './topology.ts';
import type { YamlPath } from './yaml-path.ts';

const PREFIX = 'hadrill.';
const VR_PREFIX = 'hadrill.vr.';
const KNOWN = [
  'hadrill.bmc',
  BUILT_ON_LABEL,
  'hadrill.cluster',
  'hadrill.dhcp',
  'hadrill.host',
  IGNORE_LABEL,
  'hadrill.networks',
  'hadrill.owner',
  'hadrill.role',
  'hadrill.routers',
  'hadrill.tenant',
  'hadrill.vr.NAME',
];
/** Taken as they are: what they say is for people, or for one system alone, which reads it. */
const PLAIN = new Set(['hadrill.owner', 'hadrill.role', 'hadrill.routers', 'hadrill.tenant']);
/** Set by hadrill on every container of a lab. */
const RESERVED = new Set(['hadrill.lab', 'hadrill.run', 'hadrill.node', 'hadrill.spec']);

export interface ResolvedLabels {
  host: string;
  labels: Record<string, string>;
  virtual_routers: PlacedMember[];
  dhcp: PlacedDhcp;
  cluster: string | undefined;
  bmc: PlacedBmc | undefined;
}

/** What a node says about DHCP, and where. */
export interface PlacedDhcp {
  network: Sourced<string> | undefined;
  /** Absolute. */
  networks_file: Sourced<string> | undefined;
}

export interface PlacedMember extends VirtualRouterMember {
  path: YamlPath;
}

/**
 * Reads a node's labels: `hadrill.host: NAME`, `hadrill.role: TEXT`, `hadrill.vr.NAME: VRID/VIP`,
 * `hadrill.dhcp: NETWORK`, `hadrill.networks: FILE`, `hadrill.cluster: NAME`,
 * `hadrill.bmc: BRIDGE ADDRESS/LENGTH [off-after=TIME]`, `hadrill.owner: NAME`, `hadrill.built-on: IMAGE`.
 */
export function resolveLabels(
  context: ResolveContext,
  node: string,
  layers: readonly Layer[],
): ResolvedLabels {
  const labels: Record<string, string> = {};
  const members: PlacedMember[] = [];
  const dhcp: PlacedDhcp = { network: undefined, networks_file: undefined };
  let host = node;
  let cluster: string | undefined;
  let bmc: PlacedBmc | undefined;
  for (const [key, { path, value }] of mergeEntries(layers, 'labels')) {
    const text = context.textOf(path) ?? String(value);
    labels[key] = text;
    if (!key.startsWith(PREFIX)) continue;
    if (key.startsWith(VR_PREFIX)) {
      const member = parseMember(context, key.slice(VR_PREFIX.length), text, path);
      if (member) members.push(member);
    } else if (key === 'hadrill.host') {
      const problem = nameProblem('host', text);
      if (problem) context.report(path, problem);
      host = text;
    } else if (key === 'hadrill.cluster') {
      const problem = nameProblem('cluster', text);
      if (problem) context.report(path, problem);
      cluster = text;
    } else if (key === IGNORE_LABEL) {
      const problem = ignoreProblem(text);
      if (problem) context.report(path, problem);
    } else if (key === BUILT_ON_LABEL) {
      const problem = builtOnProblem(text);
      if (problem) context.report(path, problem);
    } else if (key === 'hadrill.bmc') {
      bmc = readBmc(context, text, path);
    } else if (key === 'hadrill.dhcp') {
      dhcp.network = readNetwork(context, text, path);
    } else if (key === 'hadrill.networks') {
      dhcp.networks_file = readNetworksFile(context, text, path);
    } else if (!PLAIN.has(key)) {
      context.report(path, unknownLabel(key), 'key');
    }
  }
  checkOwner(context, layers, members);
  return { host, labels, virtual_routers: members, dhcp, cluster, bmc };
}

/** `hadrill.owner` names a virtual router that the node takes part in. */
function checkOwner(
  context: ResolveContext,
  layers: readonly Layer[],
  members: readonly PlacedMember[],
): void {
  const entry = mergeEntries(layers, 'labels').get('hadrill.owner');
  if (!entry) return;
  const text = context.textOf(entry.path) ?? String(entry.value);
  const names = members.map(({ name }) => name);
  if (names.includes(text)) return;
  const known = names.length > 0 ? names.join(', ') : 'none';
  context.report(
    entry.path,
    `the node does not take part in virtual router '${text}'${didYouMean(text, names)}; of its labels hadrill.vr.NAME, NAME is ${known}`,
  );
}

function readNetwork(context: ResolveContext, text: string, path: YamlPath): Sourced<string> | undefined {
  const problem = networkNameProblem(text);
  if (problem) context.report(path, problem);
  return problem ? undefined : { value: text, path };
}

function readNetworksFile(context: ResolveContext, text: string, path: YamlPath): Sourced<string> {
  const file = resolve(context.directory, text);
  if (!existsSync(file)) context.report(path, `label 'hadrill.networks': there is no '${file}'`);
  return { value: file, path };
}

function unknownLabel(key: string): string {
  if (RESERVED.has(key)) return `label '${key}' is set by hadrill itself and cannot be given in the file`;
  return `unknown label '${key}'${didYouMean(key, KNOWN)}; labels known to hadrill: ${KNOWN.join(', ')}`;
}

function parseMember(
  context: ResolveContext,
  name: string,
  text: string,
  path: YamlPath,
): PlacedMember | undefined {
  const problem = nameProblem('virtual router', name);
  if (problem) context.report(path, problem, 'key');
  const match = /^(\d+)\/([^/\s]+)$/.exec(text);
  const vip = match ? canonicalAddress(match[2]!) : undefined;
  const vrid = Number(match?.[1]);
  if (!match || vip === undefined) {
    context.report(path, `'${text}' is not a virtual router: write VRID/VIP, like 1/198.18.1.1`);
    return undefined;
  }
  const unfit = unfitAddress(match[2]!.split('/', 1)[0]!);
  if (unfit) {
    context.report(path, `'${match[2]}' cannot be an address of a virtual router: ${unfit}`);
    return undefined;
  }
  // RFC 9568, 5.2.3: 1 to 255.
  if (vrid < 1 || vrid > 255) {
    context.report(path, `virtual router id ${match[1]} is out of range: 1 to 255`);
    return undefined;
  }
  return problem ? undefined : { name, vrid, vip, path };
}

/** Reports a virtual router that is not the same on all its nodes. */
export function checkRouters(
  context: ResolveContext,
  nodes: readonly { name: string; members: PlacedMember[] }[],
): void {
  const first = new Map<string, { node: string; member: PlacedMember }>();
  for (const { name: node, members } of nodes) {
    for (const member of members) {
      const other = first.get(member.name);
      if (!other) {
        first.set(member.name, { node, member });
      } else if (other.member.vrid !== member.vrid || other.member.vip !== member.vip) {
        const theirs = `${other.member.vrid}/${other.member.vip}`;
        context.report(
          member.path,
          `virtual router '${member.name}' is ${member.vrid}/${member.vip} on '${node}' but ${theirs} on '${other.node}'`,
        );
      }
    }
  }
}
