import { familyOf } from '../../../topology/addresses.ts';
import type { NodeSelector, Target } from '../../../topology/targets.ts';
import type { Topology, TopologyNode } from '../../../topology/topology.ts';
import type { ForeseenFault, ForeseenFindings } from '../../foreseen.ts';
import type { Cause } from '../../system-analysis.ts';
import type { KeepalivedFiles } from '../config/load-keepalived.ts';
import { instanceOf } from '../config/vrrp-instance.ts';
import { groupOf } from './sync-group.ts';
import { type ForeseenMember, type ForeseenTakeover, foreseenTakeover, widest } from './vrrp-foreseen.ts';

/** What the timers of the virtual routers allow whose master the fault may take. */
export function foreseeTakeover(
  files: KeepalivedFiles,
  topology: Topology,
  fault: ForeseenFault,
): ForeseenFindings {
  const found = takeoverOf(files, topology, fault);
  if (typeof found === 'string') return none(found);
  const { detection, takeover } = widestOf(found);
  return {
    bounds: { 'vip.detection_ms': detection, 'vip.address_ms': takeover, 'vip.takeover_ms': takeover },
    missing_bounds: {},
    causes: fault.stops_forwarding
      ? routedCauses(found)
      : [{ reaches: { kind: 'routed' }, missing: 'the fault does not stop its victim from forwarding' }],
  };
}

/** Where routers of both families are taken, each keeps its own clients waiting. */
function routedCauses(found: readonly RouterTakeover[]): Cause[] {
  const families = new Set(found.map(({ family }) => family));
  return [...families].map((family) => ({
    reaches: { kind: 'routed', ...(families.size > 1 ? { family } : {}) },
    bound: widestOf(found.filter((one) => one.family === family)).takeover,
  }));
}

function widestOf(found: readonly RouterTakeover[]): ForeseenTakeover {
  return {
    detection: widest(found.map(({ foreseen }) => foreseen.detection)),
    takeover: widest(found.map(({ foreseen }) => foreseen.takeover)),
  };
}

/** What is allowed for one virtual router. */
interface RouterTakeover {
  /** Of its address. */
  family: 4 | 6;
  foreseen: ForeseenTakeover;
}

function none(why: string): ForeseenFindings {
  return {
    bounds: {},
    missing_bounds: { 'vip.detection_ms': why, 'vip.address_ms': why, 'vip.takeover_ms': why },
    causes: [{ reaches: { kind: 'routed' }, missing: why }],
  };
}

/** @returns the reason where that has no answer. */
function takeoverOf(
  files: KeepalivedFiles,
  topology: Topology,
  { what, target, departure }: ForeseenFault,
): RouterTakeover[] | string {
  if (!departure) return `whether ${what} moves an address is seen in a trial`;
  const taken = routersOf(topology, target);
  if (taken.length === 0) return `${what} does not take the master of a virtual router`;
  const all = taken.map((router) => {
    const { members, trouble, vip } = membersOf(files, topology, router);
    const foreseen = trouble === undefined ? foreseenTakeover(members, departure) : trouble;
    return typeof foreseen === 'string' ? foreseen : { family: familyOf(vip), foreseen };
  });
  const unknown = all.filter((one) => typeof one === 'string');
  if (unknown.length > 0) return [...new Set(unknown)].join('; ');
  return all.filter((one) => typeof one !== 'string');
}

/** The virtual routers whose master the target may be. */
function routersOf({ nodes }: Topology, target: Target): string[] {
  const names = new Set(nodes.flatMap((node) => node.virtual_routers.map(({ name }) => name)));
  return [...names].filter((name) =>
    nodes.some((node) => isMember(node, name) && mayBeMaster(target, node, name)),
  );
}

function isMember(node: TopologyNode, router: string): boolean {
  return node.virtual_routers.some(({ name }) => name === router);
}

/** Whether a target may take a node as the master of a virtual router. */
function mayBeMaster(target: Target, node: TopologyNode, router: string): boolean {
  if (target.kind === 'host') return node.host === target.host;
  // A network loses frames, and takes no node.
  if (target.kind === 'network') return false;
  const named = (selector: NodeSelector): boolean => {
    if (selector.kind === 'node') return selector.node === node.name;
    if (selector.role === 'master') return selector.of === router || target.kind === 'host-of';
    return selector.role !== 'backup';
  };
  return named(target.node);
}

/** @returns as trouble why a member's timers are not known. */
function membersOf(
  files: KeepalivedFiles,
  { nodes }: Topology,
  router: string,
): { members: ForeseenMember[]; trouble: string | undefined; vip: string } {
  const members: ForeseenMember[] = [];
  let vip = '';
  const troubles: string[] = [];
  for (const node of nodes.filter((one) => isMember(one, router))) {
    const conf = files.get(node.name);
    if (!conf) {
      troubles.push(`${node.name} has its keepalived.conf not from the topology's files`);
      continue;
    }
    const own = node.virtual_routers.find(({ name }) => name === router)!;
    vip = own.vip;
    const { instance, why } = instanceOf(conf.instances, own);
    if (conf.not_followed.length > 0) troubles.push(...conf.not_followed);
    else if (instance) members.push({ node: node.name, instance, group: groupOf(instance, conf.instances) });
    else troubles.push(`${node.name} ${why}`);
  }
  return { members, trouble: troubles.length > 0 ? troubles.join('; ') : undefined, vip };
}
