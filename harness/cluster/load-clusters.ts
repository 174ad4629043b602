import { formatPosition, InputError, type InputProblem } from '../ground/errors.ts';
import { type Cib, parseCib } from '../measure/cib.ts';
import { type CorosyncConf, parseCorosyncConf } from '../measure/corosync-conf.ts';
import type { HaproxyServer } from '../measure/haproxy-conf.ts';
import type { Environment } from '../topology/substitute-variables.ts';
import type { Topology, TopologyNode } from '../topology/topology.ts';
import { type TopologyPlaces, topologyPlaces } from '../topology/topology-places.ts';
import { checkCib } from './check-cib.ts';
import { checkCorosync } from './check-corosync.ts';
import { checkHaproxy } from './check-haproxy.ts';
import { checkVips } from './check-vips.ts';
import { type Member, memberOf, templateVariables } from './member.ts';
import { type NodeFile, readNodeFile } from './node-file.ts';

/** What the topology gives the members of a Pacemaker cluster to run with. */
export interface ClusterFiles {
  /** Of the label `hadrill.cluster`. */
  name: string;
  members: MemberFiles[];
}

/** A member's files; what is not bound, or cannot be followed, is undefined. */
export interface MemberFiles {
  node: string;
  corosync?: CorosyncConf;
  cib?: Cib;
  haproxy?: HaproxyServer[];
  /** As the node has them: templates rendered. */
  text: { corosync?: string; cib?: string; haproxy?: string };
}

const PATHS = {
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
export async function loadClusters(topology: Topology, env: Environment): Promise<ClusterFiles[]> {
  const loader = new Loader(topology, await topologyPlaces(topology, env));
  const files = new Map<string, MemberFiles>();
  for (const node of topology.nodes) files.set(node.name, await loader.load(node));
  if (loader.problems.length > 0) throw new InputError(distinct(loader.problems));
  const active = topology.nodes.filter(isActive);
  return [...new Set(active.map(({ cluster }) => cluster!))].map((name) => ({
    name,
    members: active.filter(({ cluster }) => cluster === name).map((node) => files.get(node.name)!),
  }));
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

function isActive({ cluster, env }: TopologyNode): boolean {
  return cluster !== undefined && env.COROSYNC !== 'off' && env.PACEMAKERD !== 'off';
}

class Loader {
  readonly problems: InputProblem[] = [];
  readonly #topology: Topology;
  readonly #places: TopologyPlaces;
  readonly #members: Map<string, Member>;

  constructor(topology: Topology, places: TopologyPlaces) {
    this.#topology = topology;
    this.#places = places;
    this.#members = new Map(topology.nodes.map((node) => [node.name, memberOf(topology, node)]));
  }

  async load(node: TopologyNode): Promise<MemberFiles> {
    const files: MemberFiles = { node: node.name, text: {} };
    const haproxy = await this.#read(node, 'haproxy', files);
    if (haproxy) {
      const { problems, servers } = checkHaproxy(haproxy.text, haproxy.file);
      this.#tell(haproxy, problems);
      if (servers) files.haproxy = servers;
    }
    if (!isActive(node)) return files;
    const cib = await this.#read(node, 'cib', files);
    const cib_said = cib && this.#parse(cib, parseCib);
    if (cib && cib_said) {
      files.cib = cib_said;
      const nodes = [...this.#members.values()];
      this.#tell(cib, [...checkCib(cib_said), ...checkVips(cib_said, this.#membersOf(node, true), nodes)]);
    }
    const corosync = await this.#read(node, 'corosync', files);
    const corosync_said = corosync && this.#parse(corosync, parseCorosyncConf);
    if (corosync_said) files.corosync = corosync_said;
    const policy = cib_said?.properties['no-quorum-policy'];
    if (corosync) {
      const members = this.#membersOf(node, false);
      this.#tell(corosync, checkCorosync(corosync.text, corosync.file, members, policy));
    } else {
      const message = `member '${node.name}' of cluster '${node.cluster}' has no corosync.conf: bind one to ${PATHS.corosync}, or to the same with .template, or set COROSYNC: "off" in its env`;
      this.problems.push({ message, position: this.#places.label(node.name, 'hadrill.cluster') });
    }
    return files;
  }

  async #read(
    node: TopologyNode,
    kind: keyof typeof PATHS,
    files: MemberFiles,
  ): Promise<NodeFile | undefined> {
    try {
      const variables = templateVariables(node, this.#members.get(node.name)!);
      const file = await readNodeFile(node, PATHS[kind], variables);
      if (!file) return undefined;
      files.text[kind] = file.text;
      this.problems.push(...file.problems);
      // With a variable left in it, it would be read wrong.
      return file.problems.length > 0 ? undefined : file;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.problems.push(...error.problems);
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

  #tell(file: NodeFile, problems: readonly InputProblem[]): void {
    this.problems.push(...problems.map((problem) => file.located(problem)));
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
    problems.map((one) => [`${one.position ? formatPosition(one.position) : ''} ${one.message}`, one]),
  );
  const files = [...new Set(problems.map(({ position }) => position?.file))];
  return [...byText.values()].toSorted(
    ({ position: a }, { position: b }) =>
      files.indexOf(a?.file) - files.indexOf(b?.file) ||
      (a?.line ?? 0) - (b?.line ?? 0) ||
      (a?.column ?? 0) - (b?.column ?? 0),
  );
}
