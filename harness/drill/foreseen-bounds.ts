import { faultKind } from '../faults/registry.ts';
import { seconds } from '../ground/bound-arithmetic.ts';
import { InputError } from '../ground/errors.ts';
import type { Bound } from '../journal/journal.ts';
import { parseMetricName } from '../journal/metric-name.ts';
import { probes } from '../probes/registry.ts';
import type { Networks } from '../systems/dhcp/config/networks.ts';
import { reschedulingBound } from '../systems/dhcp/findings/rescheduling-bound.ts';
import type { ClusterFiles } from '../systems/pacemaker/config/load-clusters.ts';
import { type ClusterBounds, nodeLost } from '../systems/pacemaker/findings/cluster-bounds.ts';
import { parseTarget } from '../systems/roles.ts';
import { vrrpInstances } from '../systems/vrrp/config/keepalived-instances.ts';
import { instanceOf } from '../systems/vrrp/config/vrrp-instance.ts';
import { type ForeseenMember, foreseenTakeover, widest } from '../systems/vrrp/findings/vrrp-foreseen.ts';
import { memberOf } from '../topology/member.ts';
import { readNodeFile } from '../topology/node-file.ts';
import type { NodeSelector, Target } from '../topology/targets.ts';
import { templateVariables } from '../topology/template-variables.ts';
import type { Topology, TopologyNode } from '../topology/topology.ts';
import type { Drill } from './drill.ts';

/** What is allowed for the metrics that a drill expects `within_bound`, by the files alone. */
export interface ForeseenBounds {
  bounds: Record<string, Bound>;
  /** Metric to the reason why its bound is not known before a lab runs. */
  missing_bounds: Record<string, string>;
}

const KEEPALIVED_CONF = '/etc/keepalived/keepalived.conf';
const NO_ACTIONS = { stop_ms: 0, start_ms: 0 };
const LATER = 'it depends on what happens in a trial';

/** Computes them; what the files do not say is named, nothing is thrown for it. */
export async function foreseenBounds(
  drill: Drill,
  topology: Topology,
  networks: Networks | undefined,
  clusters: readonly ClusterFiles[],
): Promise<ForeseenBounds> {
  const found: ForeseenBounds = { bounds: {}, missing_bounds: {} };
  const wanted = drill.expect.filter(({ op }) => op === 'within_bound').map(({ metric }) => metric);
  if (wanted.length === 0) return found;
  const takeover = await takeoverOf(drill, topology, clusters);
  for (const metric of new Set(wanted)) {
    const bound = boundOf(metric, takeover, drill, topology, networks);
    if (typeof bound === 'string') found.missing_bounds[metric] = bound;
    else found.bounds[metric] = bound;
  }
  return found;
}

/** Of the first fault: to it the bounds of the protocols belong. */
interface Takeover {
  /** Bounds of `vip.*`, or why there are none. */
  vip: { detection: Bound; takeover: Bound } | string;
  /** Whether clients are cut off for as long. */
  stops_forwarding: boolean;
  /** Of a cluster that loses a member with it. */
  cluster: ClusterBounds;
}

function boundOf(
  metric: string,
  { vip, stops_forwarding, cluster }: Takeover,
  drill: Drill,
  topology: Topology,
  networks: Networks | undefined,
): Bound | string {
  if (metric === 'vip.detection_ms') return typeof vip === 'string' ? vip : vip.detection;
  if (metric === 'vip.address_ms' || metric === 'vip.takeover_ms') {
    return typeof vip === 'string' ? vip : vip.takeover;
  }
  if (metric === 'dhcp.reschedule_ms' && networks) return reschedulingOf(networks);
  if (metric === 'cluster.detection_ms') return cluster.detection ?? cluster.missing.detection ?? LATER;
  if (metric === 'cluster.takeover_ms') return clusterTakeover(cluster);
  const { fault, subject, measure } = parseMetricName(metric);
  const probe = drill.probes.find(({ name }) => name === subject);
  if (!probe || fault !== undefined) return LATER;
  const { bounds, foreseen } = probes.need(probe.kind);
  const own = foreseen?.(probe.options as never)[measure];
  if (own) return own;
  if (!bounds) return LATER;
  const cause = (bound: Bound | undefined) => ({ takeover: bound, outage_ms: undefined });
  const probing = bounds(probe.options as never, cause({ low: 0, high: 0, from: '' }), {});
  // It has this bound where there is a takeover, so it is the takeover's.
  if (!Object.hasOwn(probing, measure)) return LATER;
  if (topology.nodes.some((node) => node.cluster !== undefined)) return clusterTakeover(cluster);
  if (typeof vip === 'string') return vip;
  if (!stops_forwarding) return 'the fault does not stop its victim from forwarding';
  return bounds(probe.options as never, cause(vip.takeover), {})[measure] ?? LATER;
}

/** What the agents need is part of it, and no file says that. */
function clusterTakeover({ detection, missing }: ClusterBounds): string {
  if (!detection) return missing.takeover ?? LATER;
  const { low, high, from } = detection;
  return (
    `the cluster notices within ${seconds(low)} to ${seconds(high)} (${from}); ` +
    'what the resource agents need comes on top, and is measured in a trial'
  );
}

function reschedulingOf({ settings }: Networks): Bound | string {
  const { agent_down_ms, report_interval_ms } = settings;
  try {
    return reschedulingBound({ agent_down_ms, report_interval_ms });
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

async function takeoverOf(
  drill: Drill,
  topology: Topology,
  clusters: readonly ClusterFiles[],
): Promise<Takeover> {
  const { kind, target: text, options } = drill.faults[0]!;
  const target = parseTarget(text);
  const foreseen = faultKind(kind).foresee?.(target, options);
  const stops_forwarding = foreseen?.stops_forwarding ?? false;
  const loses_member = foreseen?.departure === 'abrupt' && target.kind !== 'process';
  const corosync = clusters.flatMap(({ members }) => members.flatMap(({ text }) => text.corosync ?? []))[0];
  const cluster = loses_member && corosync !== undefined ? nodeLost(corosync, NO_ACTIONS) : { missing: {} };
  const none = (vip: string): Takeover => ({ vip, stops_forwarding, cluster });
  if (!foreseen?.departure) return none(`whether ${kind} of ${text} moves an address is seen in a trial`);
  const routers = await routersOf(topology, target);
  if (routers.length === 0) return none(`${kind} of ${text} takes no master of a virtual router`);
  const all = routers.map(({ members, trouble }) =>
    trouble === undefined ? foreseenTakeover(members, foreseen.departure!) : trouble,
  );
  const unknown = all.filter((one) => typeof one === 'string');
  if (unknown.length > 0) return none([...new Set(unknown)].join('; '));
  const known = all.filter((one) => typeof one !== 'string');
  return {
    vip: {
      detection: widest(known.map(({ detection }) => detection)),
      takeover: widest(known.map(({ takeover }) => takeover)),
    },
    stops_forwarding,
    cluster,
  };
}

interface Router {
  members: ForeseenMember[];
  /** Why a member's timers are not known. */
  trouble: string | undefined;
}

/** The virtual routers whose master the target may be. */
async function routersOf(topology: Topology, target: Target): Promise<Router[]> {
  const names = new Set(topology.nodes.flatMap((node) => node.virtual_routers.map(({ name }) => name)));
  const routers: Router[] = [];
  for (const name of names) {
    const nodes = topology.nodes.filter((node) => node.virtual_routers.some((one) => one.name === name));
    if (nodes.some((node) => mayBe(target, node, name))) routers.push(await routerOf(topology, nodes, name));
  }
  return routers;
}

/** Whether a target may take a node as the master of a virtual router. */
function mayBe(target: Target, node: TopologyNode, router: string): boolean {
  if (target.kind === 'host') return node.host === target.host;
  const named = (selector: NodeSelector): boolean => {
    if (selector.kind === 'node') return selector.node === node.name;
    if (selector.role === 'master') return selector.of === router || target.kind === 'host-of';
    return selector.role !== 'backup';
  };
  return named(target.node);
}

async function routerOf(topology: Topology, nodes: readonly TopologyNode[], router: string): Promise<Router> {
  const members: ForeseenMember[] = [];
  const troubles: string[] = [];
  for (const node of nodes) {
    const own = node.virtual_routers.find(({ name }) => name === router)!;
    const text = await keepalivedConf(topology, node);
    if (text === undefined) {
      troubles.push(`${node.name} has its ${KEEPALIVED_CONF} not from the topology's files`);
      continue;
    }
    const { instances, not_followed } = vrrpInstances({ node: node.name, keepalived_conf: text });
    const found = instanceOf(instances, own);
    if (found.instance) members.push({ node: node.name, instance: found.instance });
    else troubles.push(...(not_followed.length > 0 ? not_followed : [`${node.name} ${found.why}`]));
  }
  return { members, trouble: troubles.length > 0 ? troubles.join('; ') : undefined };
}

/** As the node will have it, its template filled in; undefined when it is not bound, or cannot be read. */
async function keepalivedConf(topology: Topology, node: TopologyNode): Promise<string | undefined> {
  try {
    const file = await readNodeFile(node, KEEPALIVED_CONF, templateVariables(node, memberOf(topology, node)));
    return file?.text;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
