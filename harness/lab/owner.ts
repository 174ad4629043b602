import { readFileSync, readlinkSync } from 'node:fs';
import { systemCode } from '../engine/api-status.ts';

/** Whether the process that made a lab lives; unknown where it is another machine's, or a container's. */
export type OwnerState = 'alive' | 'ended' | 'unknown';

/** What owners are known by: the boot of their machine, their processes' namespace, pid, and the pid's start. */
interface Owner {
  boot: string;
  namespace: string;
  pid: number;
  start: string;
}

/** Where a process's start, in clock ticks after boot, stands behind its name in /proc/PID/stat (proc(5), field 22). */
const START_FIELD = 19;

/** This process, for the label of what it makes; undefined on a system without /proc. */
export function thisOwner(): string | undefined {
  const place = thisPlace();
  const start = startOf(process.pid);
  return place && start !== undefined
    ? [place.boot, place.namespace, process.pid, start].join(' ')
    : undefined;
}

/** The pid that a label names, for people. */
export function ownerPid(label: string | undefined): number | undefined {
  return parseOwner(label)?.pid;
}

/** @param label as `thisOwner` wrote it, on this machine or on another one. */
export function ownerState(label: string | undefined): OwnerState {
  const owner = parseOwner(label);
  const place = thisPlace();
  if (!owner || !place || owner.boot !== place.boot || owner.namespace !== place.namespace) return 'unknown';
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    if (systemCode(error) === 'ESRCH') return 'ended';
  }
  const start = startOf(owner.pid);
  // A pid is given again to another process.
  return start === undefined || start === owner.start ? 'alive' : 'ended';
}

function parseOwner(label: string | undefined): Owner | undefined {
  const [boot, namespace, pid, start] = label?.split(' ') ?? [];
  if (!boot || !namespace || !start || !/^\d+$/.test(pid ?? '')) return undefined;
  return { boot, namespace, pid: Number(pid), start };
}

function thisPlace(): Pick<Owner, 'boot' | 'namespace'> | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return { boot, namespace: readlinkSync('/proc/self/ns/pid') };
  } catch {
    return undefined;
  }
}

/** Undefined when it cannot be read: no such process, or hidden from this user. A zombie has no start: it has ended. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'zombie' : fields[START_FIELD];
  } catch {
    return undefined;
  }
}
