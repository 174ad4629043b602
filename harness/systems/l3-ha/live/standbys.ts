import { HadrillError } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { askConntrackd, askForEntries } from '../../vrrp/live/ask-conntrackd.ts';
import type { ConntrackdSeen } from '../../vrrp/live/conntrackd-seen.ts';
import {
  conntrackdAmong,
  type DaemonSeen,
  keepalivedAmong,
  processesOf,
} from '../../vrrp/live/daemon-state.ts';
import { instanceSeen } from '../../vrrp/live/instance-seen.ts';
import { hasSessionsOf } from '../../vrrp/live/judge-conntrack.ts';
import { readKeepalived } from '../../vrrp/live/read-keepalived.ts';
import { holdersOf, participants, type VirtualRouter } from '../../vrrp/live/virtual-routers.ts';
import { daemonsOf } from './replica.ts';

/**
 * Whether the failure of a router's active replica would be survived with its sessions: one node holds the address, and
 * every other bound place that is up, one at least, runs keepalived as a backup that hears it, and conntrackd with its
 * sessions. What cannot be looked at is not so.
 */
export async function hasStandbys(lab: Lab, router: VirtualRouter): Promise<boolean> {
  try {
    const holders = await holdersOf(lab, router);
    const [active] = holders;
    if (!active || holders.length > 1) return false;
    const bound = participants(lab, router).filter((node) => node !== active && node.pid > 0);
    const alive = new Set(await lab.agent.call('alive', { pids: bound.map(({ pid }) => pid) }));
    const standbys = bound.filter(({ pid }) => alive.has(pid));
    if (standbys.length === 0) return false;
    const wanted = await countedOn(lab, active);
    const ready = await Promise.all(standbys.map((node) => isReady(lab, router, node, wanted)));
    return ready.every(Boolean);
  } catch (error) {
    if (error instanceof HadrillError) return false;
    throw error;
  }
}

/** @param wanted the active replica's conntrackd; undefined where sessions are not synchronised. */
async function isReady(
  lab: Lab,
  router: VirtualRouter,
  node: LabNode,
  wanted: Counted | undefined,
): Promise<boolean> {
  if (keepalivedAmong(await processesOf(lab, node)).state !== 'runs') return false;
  const { state, hears } = instanceSeen({ node: node.name, ...(await readKeepalived(lab, node)) }, router);
  if (state !== 'BACKUP' || !hears) return false;
  if (wanted === undefined || !daemonsOf(node).includes('conntrackd')) return true;
  const own = await countedOn(lab, node);
  if (own === undefined || !hasSessionsOf(wanted.seen, own.seen)) return false;
  // Their number is cheap to ask for; which ones they are is looked at once there are enough.
  const [master, backup] = await Promise.all([wanted, own].map((one) => comparedOn(lab, one)));
  return master!.stats !== undefined && hasSessionsOf(master!, backup!);
}

/** A conntrackd that has counted its connections. */
interface Counted {
  node: LabNode;
  daemon: DaemonSeen;
  seen: ConntrackdSeen;
}

/** @returns undefined where none runs, or answers. */
async function countedOn(lab: Lab, node: LabNode): Promise<Counted | undefined> {
  if (!daemonsOf(node).includes('conntrackd')) return undefined;
  const daemon = conntrackdAmong(await processesOf(lab, node));
  if (daemon.state !== 'runs') return undefined;
  const { stats } = await askConntrackd(lab, node, daemon);
  if (stats === undefined) return undefined;
  return { node, daemon, seen: { node: node.name, daemon: daemon.state, ran_before: true, stats } };
}

async function comparedOn(lab: Lab, { node, daemon, seen }: Counted): Promise<ConntrackdSeen> {
  return { ...seen, stats: undefined, ...(await askForEntries(lab, node, daemon, seen)) };
}
