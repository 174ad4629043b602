import { HadrillError } from '../../../ground/errors.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';
import { runInNode } from '../../../lab/run-in-node.ts';
import { type ConntrackdStats, parseConntrackdStats } from '../../vrrp/findings/conntrackd-stats.ts';
import { keepalivedAmong, processesOf } from '../../vrrp/live/daemon-state.ts';
import { instanceSeen } from '../../vrrp/live/instance-seen.ts';
import { knowsEnough } from '../../vrrp/live/judge-conntrack.ts';
import { readKeepalived } from '../../vrrp/live/read-keepalived.ts';
import { holdersOf, participants, type VirtualRouter } from '../../vrrp/live/virtual-routers.ts';
import { daemonsOf } from './replica.ts';

const STATS = ['conntrackd', '-C', '/etc/conntrackd/conntrackd.conf', '-s'];

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
    const wanted = await sessionsOf(lab, active);
    const ready = await Promise.all(standbys.map((node) => isReady(lab, router, node, wanted?.internal)));
    return ready.every(Boolean);
  } catch (error) {
    if (error instanceof HadrillError) return false;
    throw error;
  }
}

/** @param wanted sessions of the active replica; undefined where they are not synchronised. */
async function isReady(
  lab: Lab,
  router: VirtualRouter,
  node: LabNode,
  wanted: number | undefined,
): Promise<boolean> {
  if (keepalivedAmong(await processesOf(lab, node)).state !== 'runs') return false;
  const { state, hears } = instanceSeen({ node: node.name, ...(await readKeepalived(lab, node)) }, router);
  if (state !== 'BACKUP' || !hears) return false;
  if (wanted === undefined || !daemonsOf(node).includes('conntrackd')) return true;
  const own = await sessionsOf(lab, node);
  // Without an external cache they are in its kernel's table already.
  return own !== undefined && (own.external === undefined || knowsEnough(own.external, wanted));
}

async function sessionsOf(lab: Lab, node: LabNode): Promise<ConntrackdStats | undefined> {
  if (!daemonsOf(node).includes('conntrackd')) return undefined;
  const { status, stdout } = await runInNode(lab, node, STATS);
  return status === 0 ? parseConntrackdStats(stdout) : undefined;
}
