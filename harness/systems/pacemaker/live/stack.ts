import type { Lab, LabNode } from '../../../lab/lab.ts';
import type { ProcessKeeper } from '../../../lab/process-keeper.ts';
import type { Service } from '../../live-system.ts';
import { ClusterKeeper } from './cluster-keeper.ts';
import { clusterOf } from './clusters.ts';

/** Pacemaker's own daemons: its first process starts them again when they end. */
const PACEMAKERS = /^pacemaker-/;
/** What a cluster itself is made of. */
const STACK = /^(corosync|pacemakerd|pacemaker-.+)$/;

/** pacemaker.service requires corosync.service, and ends with it (systemd.unit(5)). */
export function serviceOf(process: string): Service | undefined {
  if (PACEMAKERS.test(process)) return { name: 'pacemakerd', followers: [] };
  return process === 'corosync' ? { name: process, followers: ['pacemakerd'] } : undefined;
}

/** The cluster keeps what its resource agents started, and not itself. */
export async function keeperOf(lab: Lab, node: LabNode, process: string): Promise<ProcessKeeper | undefined> {
  const cluster = clusterOf(lab, node);
  return cluster && !STACK.test(process) ? ClusterKeeper.watch(lab, cluster, process) : undefined;
}
