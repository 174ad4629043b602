import path from 'node:path';
import type { ProcessInfo } from '../../../lab/agent-shapes.ts';
import type { Lab, LabNode } from '../../../lab/lab.ts';

/** What a daemon of a node does: `child-missing` when the process that does its work does not run. */
export type DaemonState = 'runs' | 'stopped' | 'child-missing' | 'none';

/** What was seen of a daemon; `pid` is of the process that does its work, 0 while there is none. */
export interface DaemonSeen {
  state: DaemonState;
  pid: number;
  argv: readonly string[];
}

const NO_DAEMON: DaemonSeen = { state: 'none', pid: 0, argv: [] };
/** proc(5): stopped by a signal, or by a tracer. */
const STOPPED = /^[Tt]$/;
/** keepalived's children that are not its VRRP one, where `process_names` lets them be told apart (keepalived.conf(5)). */
const OTHER_CHILD = /^keepalived_(ipvs|bfd|healthcheckers)$/;
/** conntrackd(8): with one of these it speaks to the daemon instead of being it. */
const CONNTRACKD_REQUEST = /^-(?!-|C$|d$|a$|S$)[a-zA-Z]|^--(?!config|daemon)/;

/** The keepalived of a node: a parent and the child that speaks VRRP, which it starts (keepalived(8)). */
export function keepalivedAmong(processes: readonly ProcessInfo[]): DaemonSeen {
  const daemons = processes.filter(
    (one) => one.name.startsWith('keepalived') || isProgram(one, 'keepalived'),
  );
  const pids = new Set(daemons.map(({ pid }) => pid));
  const child = daemons.find(({ ppid, name }) => pids.has(ppid) && !OTHER_CHILD.test(name));
  if (daemons.length === 0) return NO_DAEMON;
  const { pid, argv } = child ?? daemons[0]!;
  const state = daemons.some(isStopped) ? 'stopped' : child ? 'runs' : 'child-missing';
  return { state, pid, argv };
}

/** The conntrackd of a node that keeps connections in step, not one that asks it something. */
export function conntrackdAmong(processes: readonly ProcessInfo[]): DaemonSeen {
  const daemon = processes.find(
    (one) => isProgram(one, 'conntrackd') && !one.argv.slice(1).some((word) => CONNTRACKD_REQUEST.test(word)),
  );
  if (!daemon) return NO_DAEMON;
  return { state: isStopped(daemon) ? 'stopped' : 'runs', pid: daemon.pid, argv: daemon.argv };
}

/** A node's processes; none while it is down. */
export async function processesOf(lab: Lab, { container_id, pid }: LabNode): Promise<ProcessInfo[]> {
  return pid === 0 ? [] : lab.agent.call('container_processes', { container_id });
}

function isProgram({ name, argv }: ProcessInfo, program: string): boolean {
  return name === program || path.posix.basename(argv[0] ?? '') === program;
}

function isStopped({ state }: ProcessInfo): boolean {
  return STOPPED.test(state);
}
