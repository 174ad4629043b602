import type { Lab, LabNode } from '../../../lab/lab.ts';
import type { ProcessKeeper } from '../../../lab/process-keeper.ts';
import type { Service } from '../../live-system.ts';
import { ClusterKeeper } from './cluster-keeper.ts';
import { clusterOf } from './clusters.ts';

/** Pacemaker's own daemons: its first process starts them again when they end. */
const A_PACEMAKER = /^pacemaker-/;
/** The same by their programs (pacemakerd(8)). */
export const PACEMAKERS = ['attrd', 'based', 'controld', 'execd', 'fenced', 'schedulerd'].map(
  (name) => `pacemaker-${name}`,
);
/** What a cluster itself is made of. */
const STACK = /^(corosync|pacemakerd|pacemaker-.+)$/;

/** pacemaker.service requires corosync.service, and ends with it (systemd.unit(5)). */
export function serviceOf(process: string): Service | undefined {
  if (A_PACEMAKER.test(process)) return { name: 'pacemakerd', followers: [] };
  return process === 'corosync' ? { name: process, followers: ['pacemakerd'] } : undefined;
}

/** Whether a process is of the cluster itself, and not what it runs. */
export function isOfStack(process: string): boolean {
  return STACK.test(process);
}

/** The cluster keeps what its resource agents started, and not itself. */
export async function keeperOf(lab: Lab, node: LabNode, process: string): Promise<ProcessKeeper | undefined> {
  const cluster = clusterOf(lab, node);
  return cluster && !isOfStack(process) ? ClusterKeeper.watch(lab, cluster, process) : undefined;
}
