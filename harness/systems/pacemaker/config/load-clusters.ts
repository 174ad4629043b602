import { formatPosition, InputError, type InputProblem } from '../../../ground/errors.ts';
import { clusterNames, type HostNames, type Member, memberOf, parseHosts } from '../../../topology/member.ts';
import { type NodeFile, readNodeFile } from '../../../topology/node-file.ts';
import type { Environment } from '../../../topology/substitute-variables.ts';
import { templateVariables } from '../../../topology/template-variables.ts';
import type { Topology, TopologyNode } from '../../../topology/topology.ts';
import { type TopologyPlaces, topologyPlaces } from '../../../topology/topology-places.ts';
import type { Finding } from '../../file-findings.ts';
import { checkHaproxy } from '../../haproxy/config/check-haproxy.ts';
import type { HaproxyServer } from '../../haproxy/config/haproxy-conf.ts';
import { checkCib } from './check-cib.ts';
import { checkCorosync } from './check-corosync.ts';
import { checkVips } from './check-vips.ts';
import { type Cib, parseCib } from './cib.ts';
import { type CorosyncConf, parseCorosyncConf } from './corosync-conf.ts';

/** What the topology gives the members of a Pacemaker cluster to run with. */
export interface ClusterFiles {
  /** Of the label `hadrill.cluster`. */
  name: string;
  members: MemberFiles[];
}

/** A node's files; what is not bound, or cannot be followed, is undefined. */
export interface MemberFiles {
  node: string;
  corosync?: CorosyncConf;
  cib?: Cib;
  haproxy?: HaproxyServer[];
  /** As the node has them: templates rendered. */
  text: { corosync?: string; cib?: string; haproxy?: string };
  /** Where they come from, by the paths that the node has them at. */
  bound: ReadonlyMap<string, NodeFile>;
}

/** What is known of a topology's clusters and HAProxies without a lab. */
export interface LoadedClusters {
  clusters: ClusterFiles[];
  /** All nodes that have such files, whether they are in a cluster or not. */
  nodes: MemberFiles[];
  /** What the daemons take, but not as one may think, or what only the nodes can tell. */
  notes: InputProblem[];
}

/** Where the daemons look for their configuration. */
export const PATHS = {
  corosync: '/etc/corosync/corosync.conf',
  cib: '/etc/pacemaker/cib.xml',
  haproxy: '/etc/haproxy/haproxy.cfg',
};

/**
 * Reads the configuration that a topology binds into the members of its clusters (label `hadrill.cluster`), and the
 * haproxy.cfg of every node that binds one, and checks it together with the topology. A member whose env turns
 * COROSYNC or PACEMAKERD off is none.
 * @param env the variables that the topology was loaded with.
 * @throws InputError with everything that is wrong, each with file, line and column; in a template those of the template.
 */
export async function loadClusters(topology: Topology, env: Environment): Promise<LoadedClusters> {
  const loader = new Loader(topology, await topologyPlaces(topology, env));
  const files = new Map<string, MemberFiles>();
  for (const node of topology.nodes) files.set(node.name, await loader.load(node));
  const problems = loader.findings.filter(({ note }) => !note);
  if (problems.length > 0) throw new InputError(distinct(problems));
  const active = topology.nodes.filter(isActive);
  return {
    clusters: [...new Set(active.map(({ cluster }) => cluster!))].map((name) => ({
      name,
      members: active.filter(({ cluster }) => cluster === name).map((node) => files.get(node.name)!),
    })),
    nodes: [...files.values()].filter(({ bound }) => bound.size > 0),
    notes: distinct(loader.findings),
  };
}

/** Every resource agent that a cluster's configuration asks for, once, with a resource that asks for it. */
export function agentsOf({
  members,
}: ClusterFiles): { class: string; provider?: string; type: string; resource: string }[] {
  const agents = members
    .flatMap(({ cib }) => cib?.primitives ?? [])
    .map(({ id: resource, class: standard, provider, type }) => ({
      class: standard,
      ...(provider === undefined ? {} : { provider }),
      type,
      resource,
    }));
  const nameOf = (one: (typeof agents)[number]) => [one.class, one.provider, one.type].join(':');
  return [...new Map(agents.toReversed().map((one) => [nameOf(one), one])).values()].toReversed();
}

/** HAProxy may be started with more files than its own one: with all of a folder, for one. */
export function hasWholeHaproxy({ binds }: TopologyNode): boolean {
  const others = binds.filter(({ target }) =>
    /^\/etc\/haproxy\/.*\.(?:cfg|conf)(?:\.template)?$/.test(target),
  );
  return others.every(({ target }) => target.replace(/\.template$/, '') === PATHS.haproxy);
}

function isActive({ cluster, env }: TopologyNode): boolean {
  return cluster !== undefined && env.COROSYNC !== 'off' && env.PACEMAKERD !== 'off';
}

class Loader {
  readonly findings: Finding[] = [];
  readonly #topology: Topology;
  readonly #places: TopologyPlaces;
  readonly #members: Map<string, Member>;

  constructor(topology: Topology, places: TopologyPlaces) {
    this.#topology = topology;
    this.#places = places;
    this.#members = new Map(topology.nodes.map((node) => [node.name, memberOf(topology, node)]));
  }

  async load(node: TopologyNode): Promise<MemberFiles> {
    const bound = new Map<string, NodeFile>();
    const files: MemberFiles = { node: node.name, text: {}, bound };
    const haproxy = await this.#read(node, 'haproxy', files, bound);
    if (haproxy) {
      const { findings, servers } = checkHaproxy(haproxy.text, haproxy.file, hasWholeHaproxy(node));
      this.#tell(haproxy, findings);
      if (servers) files.haproxy = servers;
    }
    if (!isActive(node)) return files;
    const cib = await this.#read(node, 'cib', files, bound);
    const cib_said = cib && this.#parse(cib, parseCib);
    if (cib && cib_said) {
      files.cib = cib_said;
      const nodes = [...this.#members.values()];
      this.#tell(cib, [...checkCib(cib_said), ...checkVips(cib_said, this.#membersOf(node, true), nodes)]);
    }
    const corosync = await this.#read(node, 'corosync', files, bound);
    if (corosync) await this.#checkCorosync(node, corosync, files);
    else {
      const message = `member '${node.name}' of cluster '${node.cluster}' has no corosync.conf: bind one to ${PATHS.corosync}, or to the same with .template, or set COROSYNC: "off" in its env`;
      this.findings.push({ message, position: this.#places.label(node.name, 'hadrill.cluster') });
    }
    return files;
  }

  async #checkCorosync(node: TopologyNode, corosync: NodeFile, files: MemberFiles): Promise<void> {
    const said = this.#parse(corosync, parseCorosyncConf);
    if (said) files.corosync = said;
    const policy = files.cib?.properties['no-quorum-policy'];
    const members = this.#membersOf(node, false);
    const names = await this.#namesIn(node);
    this.#tell(corosync, checkCorosync(corosync.text, corosync.file, members, names, policy));
  }

  /** What resolves in a node without a name server. */
  async #namesIn(node: TopologyNode): Promise<HostNames> {
    const hosts = await readNodeFile(node, '/etc/hosts', {});
    return hosts ? parseHosts(hosts.text) : clusterNames(this.#topology, node);
  }

  async #read(
    node: TopologyNode,
    kind: keyof typeof PATHS,
    files: MemberFiles,
    bound: Map<string, NodeFile>,
  ): Promise<NodeFile | undefined> {
    try {
      const variables = templateVariables(node, this.#members.get(node.name)!);
      const file = await readNodeFile(node, PATHS[kind], variables);
      if (!file) return undefined;
      files.text[kind] = file.text;
      this.findings.push(...file.problems);
      // With a variable left in it, it would be read wrong.
      if (file.problems.length > 0) return undefined;
      bound.set(PATHS[kind], file);
      return file;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.findings.push(...error.problems);
      return undefined;
    }
  }

  #parse<T>(file: NodeFile, parse: (text: string, file: string) => T): T | undefined {
    try {
      return parse(file.text, file.file);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#tell(file, error.problems);
      return undefined;
    }
  }

  #tell(file: NodeFile, findings: readonly Finding[]): void {
    this.findings.push(
      ...findings.map((one) => ({ ...file.located(one), ...(one.note ? { note: one.note } : {}) })),
    );
  }

  /** @param active without those that are turned off: they may be in the nodelist, but get no address. */
  #membersOf({ cluster }: TopologyNode, active: boolean): Member[] {
    return this.#topology.nodes
      .filter((one) => one.cluster === cluster && (!active || isActive(one)))
      .map(({ name }) => this.#members.get(name)!);
  }
}

/** Members share their files, so each problem is found once for each; file by file, from top to bottom. */
function distinct(problems: readonly InputProblem[]): InputProblem[] {
  const byText = new Map(
    problems.map(({ message, position }) => [
      `${position ? formatPosition(position) : ''} ${message}`,
      { message, ...(position ? { position } : {}) },
    ]),
  );
  const files = [...new Set(problems.map(({ position }) => position?.file))];
  return [...byText.values()].toSorted(
    ({ position: a }, { position: b }) =>
      files.indexOf(a?.file) - files.indexOf(b?.file) ||
      (a?.line ?? 0) - (b?.line ?? 0) ||
      (a?.column ?? 0) - (b?.column ?? 0),
  );
}
