import type { InputProblem } from '../../../ground/errors.ts';
import { clusterNames, type HostNames, type Member, parseHosts } from '../../../topology/member.ts';
import { type NodeFile, readNodeFile } from '../../../topology/node-file.ts';
import type { Environment } from '../../../topology/substitute-variables.ts';
import type { Topology, TopologyNode } from '../../../topology/topology.ts';
import { type TopologyPlaces, topologyPlaces } from '../../../topology/topology-places.ts';
import { BoundFiles } from '../../bound-files.ts';
import { checkCib } from './check-cib.ts';
import { checkCorosync } from './check-corosync.ts';
import { checkFencing } from './check-fencing.ts';
import { checkVips } from './check-vips.ts';
import { type Cib, parseCib } from './cib.ts';
import { type CorosyncConf, parseCorosyncConf } from './corosync-conf.ts';

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
  /** As the node has them: templates rendered. */
  text: { corosync?: string; cib?: string };
  /** Where they come from, by the paths that the node has them at. */
  bound: ReadonlyMap<string, NodeFile>;
}

/** What is known of a topology's clusters without a lab. */
export interface LoadedClusters {
  clusters: ClusterFiles[];
  /** What the daemons take, but not as one may think, or what only the nodes can show. */
  notes: InputProblem[];
}

/** Where the daemons look for their configuration. */
export const PATHS = {
  corosync: '/etc/corosync/corosync.conf',
  cib: '/etc/pacemaker/cib.xml',
};

/**
 * Reads the configuration that a topology binds into the members of its clusters (label `hadrill.cluster`), and checks
 * it together with the topology. A member whose env turns COROSYNC or PACEMAKERD off is none.
 * @param env the variables that the topology was loaded with.
 * @throws InputError with everything that is wrong, each with file, line and column; in a template those of the template.
 */
export async function loadClusters(topology: Topology, env: Environment): Promise<LoadedClusters> {
  const loader = new Loader(topology, await topologyPlaces(topology, env));
  const active = topology.nodes.filter(isActive);
  const files = new Map<string, MemberFiles>();
  for (const node of active) files.set(node.name, await loader.load(node));
  const notes = loader.files.notes();
  return {
    clusters: [...new Set(active.map(({ cluster }) => cluster!))].map((name) => ({
      name,
      members: active.filter(({ cluster }) => cluster === name).map((node) => files.get(node.name)!),
    })),
    notes,
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

function isActive({ cluster, env }: TopologyNode): boolean {
  return cluster !== undefined && env.COROSYNC !== 'off' && env.PACEMAKERD !== 'off';
}

class Loader {
  readonly files: BoundFiles;
  readonly #topology: Topology;
  readonly #places: TopologyPlaces;

  constructor(topology: Topology, places: TopologyPlaces) {
    this.files = new BoundFiles(topology);
    this.#topology = topology;
    this.#places = places;
  }

  async load(node: TopologyNode): Promise<MemberFiles> {
    const { files } = this;
    const bound = new Map<string, NodeFile>();
    const found: MemberFiles = { node: node.name, text: {}, bound };
    const cib = await this.#read(node, 'cib', found, bound);
    const said = cib && files.parse(cib, parseCib);
    if (cib && said) {
      found.cib = said;
      const vips = checkVips(said, this.#membersOf(node, true), [...files.members]);
      const names = this.#membersOf(node, true).map(({ name }) => name);
      files.report(cib, [...checkCib(said), ...checkFencing(said, names), ...vips]);
    }
    const corosync = await this.#read(node, 'corosync', found, bound);
    if (corosync) await this.#checkCorosync(node, corosync, found);
    else {
      const message = `member '${node.name}' of cluster '${node.cluster}' has no corosync.conf: bind one to ${PATHS.corosync}, or to the same with .template, or set COROSYNC: "off" in its env`;
      files.add({ message, position: this.#places.label(node.name, 'hadrill.cluster') });
    }
    return found;
  }

  async #checkCorosync(node: TopologyNode, corosync: NodeFile, found: MemberFiles): Promise<void> {
    const said = this.files.parse(corosync, parseCorosyncConf);
    if (said) found.corosync = said;
    const policy = found.cib?.properties['no-quorum-policy'];
    const members = this.#membersOf(node, false);
    const names = await this.#namesIn(node);
    this.files.report(corosync, checkCorosync(corosync.text, corosync.file, members, names, policy));
  }

  /** What resolves in a node without a name server. */
  async #namesIn(node: TopologyNode): Promise<HostNames> {
    const hosts = await readNodeFile(node, '/etc/hosts', {});
    return hosts ? parseHosts(hosts.text) : clusterNames(this.#topology, node);
  }

  async #read(
    node: TopologyNode,
    kind: keyof typeof PATHS,
    found: MemberFiles,
    bound: Map<string, NodeFile>,
  ): Promise<NodeFile | undefined> {
    const file = await this.files.read(node, PATHS[kind]);
    if (!file) return undefined;
    found.text[kind] = file.text;
    bound.set(PATHS[kind], file);
    return file;
  }

  /** @param active without those that are turned off: they may be in the nodelist, but get no address. */
  #membersOf({ cluster }: TopologyNode, active: boolean): Member[] {
    return this.#topology.nodes
      .filter((one) => one.cluster === cluster && (!active || isActive(one)))
      .map(({ name }) => this.files.member(name));
  }
}
