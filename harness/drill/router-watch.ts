import { EnvironmentError, InputError } from '../ground/errors.ts';
import { type LabTime, msFromNs } from '../ground/time.ts';
import type { Bound } from '../journal/journal.ts';
import type { AddressEvent } from '../lab/agent.ts';
import type { Lab, LabNode } from '../lab/lab.ts';
import { holdersOf, type VirtualRouter } from '../lab/virtual-routers.ts';
import { parseKeepalivedConf } from '../measure/keepalived-conf.ts';
import {
  abruptTakeoverBound,
  gracefulTakeoverBound,
  masterDownMs,
  type VrrpTimers,
} from '../measure/vrrp-bounds.ts';
import { firstForwarded } from '../observe/first-forwarded.ts';
import type { Frame } from '../observe/frame.ts';
import { vrrpEventsOf } from '../observe/vrrp-events.ts';
import { vrrpTimeline } from '../observe/vrrp-timeline.ts';

const KEEPALIVED_CONF = '/etc/keepalived/keepalived.conf';

/** A virtual router before the fault: who owned it, and what each member is configured to wait. */
export interface RouterBefore {
  router: VirtualRouter;
  owner: LabNode | undefined;
  /** By node name; a member whose configuration can't be read has none. */
  timers: Map<string, VrrpTimers>;
}

/** Looks at a virtual router just before the fault. */
export async function lookAtRouter(lab: Lab, router: VirtualRouter): Promise<RouterBefore> {
  const timers = new Map<string, VrrpTimers>();
  for (const node of router.members) {
    const found = await timersOf(lab, node, router.vrid);
    if (found) timers.set(node.name, found);
  }
  return { router, owner: (await holdersOf(lab, router))[0], timers };
}

async function timersOf(lab: Lab, node: LabNode, vrid: number): Promise<VrrpTimers | undefined> {
  try {
    const text = await lab.agent.call('read_node_file', { pid: node.pid, path: KEEPALIVED_CONF });
    const instances = parseKeepalivedConf(text, `${node.name}:${KEEPALIVED_CONF}`);
    const instance = instances.find((one) => one.virtual_router_id === vrid);
    return instance && { ...instance, advert_ms: instance.advert_int_ms };
  } catch (error) {
    // It may be elsewhere, or say more than our parser knows: then there is no bound to compare with.
    if (error instanceof InputError || error instanceof EnvironmentError) return undefined;
    throw error;
  }
}

/** The advertisement interval that the owner keeps, in ms: the span over which a fault's phase is drawn. */
export function advertMs(before: RouterBefore): number {
  return (before.owner && before.timers.get(before.owner.name)?.advert_ms) ?? 0;
}

/** Whether every router is owned by somebody else than before. */
export async function haveNewOwners(lab: Lab, routers: readonly RouterBefore[]): Promise<boolean> {
  for (const { router, owner } of routers) {
    const holders = await holdersOf(lab, router);
    if (!holders.some((node) => node.name !== owner?.name)) return false;
  }
  return true;
}

export interface RouterFindings {
  metrics: Record<string, number>;
  bounds: Record<string, Bound>;
}

/** What the trial's captures and address changes say about a virtual router. */
export function routerFindings(
  before: RouterBefore,
  departure: 'abrupt' | 'graceful' | undefined,
  seen: {
    frames: () => Iterable<Frame>;
    address_events: readonly AddressEvent[];
    udp_ports: readonly number[];
    fault_ns: LabTime;
  },
): RouterFindings {
  const { router, owner } = before;
  const members = new Set(router.members.map((node) => node.name));
  const changes = seen.address_events.filter(
    (event) => event.address === router.vip && members.has(event.node) && event.at_ns >= seen.fault_ns,
  );
  const metrics: Record<string, number> = { 'vip.owners_max': mostOwners(owner?.name, changes) };
  const taken = changes.find((event) => event.change === 'added' && event.node !== owner?.name);
  const newOwner = router.members.find((node) => node.name === taken?.node);
  const timeline = vrrpTimeline(vrrpEventsOf(seen.frames()), { vrid: router.vrid, fault_ns: seen.fault_ns });
  if (timeline.detection_ms !== undefined) metrics['vip.detection_ms'] = timeline.detection_ms;
  if (taken) metrics['vip.address_ms'] = msFromNs(taken.at_ns - seen.fault_ns);
  const forwarded = newOwner && firstForwardedOf(newOwner, seen);
  if (forwarded !== undefined) metrics['vip.takeover_ms'] = msFromNs(forwarded - seen.fault_ns);
  return { metrics, bounds: boundsOf(before, newOwner, departure) };
}

function firstForwardedOf(
  node: LabNode,
  seen: { frames: () => Iterable<Frame>; udp_ports: readonly number[]; fault_ns: LabTime },
): LabTime | undefined {
  const macs = node.ports.flatMap((port) => (port.mac ? [port.mac] : []));
  const moments = seen.udp_ports
    .map((port) => firstForwarded(seen.frames(), { port, macs, fault_ns: seen.fault_ns }))
    .filter((moment) => moment !== undefined);
  return moments.length > 0 ? Math.min(...moments) : undefined;
}

function mostOwners(owner: string | undefined, changes: readonly AddressEvent[]): number {
  const holding = new Set(owner === undefined ? [] : [owner]);
  let most = holding.size;
  for (const { node, change } of changes) {
    if (change === 'added') holding.add(node);
    else holding.delete(node);
    most = Math.max(most, holding.size);
  }
  return most;
}

function boundsOf(
  before: RouterBefore,
  newOwner: LabNode | undefined,
  departure: 'abrupt' | 'graceful' | undefined,
): Record<string, Bound> {
  const timers = newOwner && before.timers.get(newOwner.name);
  if (!timers || !departure) return {};
  const takeover = departure === 'abrupt' ? abruptTakeoverBound(timers) : gracefulTakeoverBound(timers);
  const down = masterDownMs(timers);
  const detection =
    departure === 'abrupt'
      ? { low: down, high: down, from: `VRRPv${timers.version}: Master_Down ${(down / 1000).toFixed(3)} s` }
      : takeover;
  return {
    'vip.detection_ms': detection,
    'vip.address_ms': takeover,
    'vip.takeover_ms': takeover,
  };
}
