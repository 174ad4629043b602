import type { EndedProcess, NodeLook, SeenProcess } from '../lab/node-look-shapes.ts';
import type { Audited, TrialOfAudit } from '../systems/audit.ts';
import { deadlySignal, describeStatus, dumpedCore } from './exit-status.ts';
import { faultsAt, type Reach, reachOf } from './fault-reach.ts';
import { identity, pairsOf } from './seen-processes.ts';

export const NO_CRASH = 'no-crash';

/** What the kernel or the C library sends a program that has done something wrong (signal(7)). */
const MISTAKES = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGSYS', 'SIGTRAP']);

/** Something that a process left when it died, or how it died. */
interface Crash {
  words: string;
  reach: Reach;
  /** A fault has sent it what it died of. */
  sent: boolean;
  node: string;
}

/** Whether a daemon has crashed between two looks, or left a core dump in the folder that it runs in. */
export function judgeCrashes(before: NodeLook, after: NodeLook, trial: TrialOfAudit): Audited {
  // Of those that the first look names it is known only that they died between two trials.
  const early = before.ended.flatMap((one) => crashOf(one, before, { address_events: [] }));
  const crashes = [...early, ...after.ended.flatMap((one) => crashOf(one, before, trial))];
  const own = [...crashes.filter(({ sent }) => !sent), ...coresOf(before, after, trial)];
  const found = own.filter(({ reach }) => reach === 'none').map(({ words }) => words);
  const notes = own
    .filter(({ reach }) => reach !== 'none')
    .map(({ words, node }) => `${words} (it may come of '${faultsAt(trial, node).join("' and '")}')`);
  const detail = found.length > 0 ? found.join(', ') : wellWords(before, after);
  return { name: NO_CRASH, verdict: found.length > 0 ? 'fail' : 'pass', detail, notes };
}

function crashOf(ended: EndedProcess, before: NodeLook, trial: TrialOfAudit): Crash[] {
  const { node, name, pid, status } = ended;
  const signal = status === null ? undefined : deadlySignal(status);
  if (status === null || signal === undefined) return [];
  if (!MISTAKES.has(signal) && !dumpedCore(status)) return [];
  const processes = before.nodes.find((one) => one.node === node)?.processes ?? [];
  const process = processes.find((one) => identity(one) === identity(ended));
  const reach = process ? reachOf(trial, node, process, processes) : 'none';
  const words = `${name} of ${node} (process ${pid}) was ended ${describeStatus(status)}`;
  return [{ words, reach, sent: reach === 'process' && wasSent(trial, node, signal), node }];
}

function wasSent({ fault, later_faults = [] }: TrialOfAudit, node: string, signal: string): boolean {
  return [fault, ...later_faults].some((one) => one?.signal === signal && one.victims?.includes(node));
}

/** Files that daemons did not have beside them before. Where a fault has had some dump core, they are its. */
function coresOf(before: NodeLook, after: NodeLook, trial: TrialOfAudit): Crash[] {
  return pairsOf(before.nodes, after.nodes).flatMap(([was, is]) => {
    const sent = [...MISTAKES, 'SIGQUIT'].some((signal) => wasSent(trial, is.node, signal));
    if (sent) return [];
    const daemons = was.processes.filter(({ open }) => open !== null);
    const near = daemons.some((one) => reachOf(trial, is.node, one, was.processes) !== 'none');
    return is.cores
      .filter((path) => !was.cores.includes(path))
      .map((path): Crash => {
        const words = `${is.node} has the core dump ${path}`;
        return { words, reach: near ? 'node' : 'none', sent: false, node: is.node };
      });
  });
}

/** What was looked at, and what of it the kernel does not say. */
function wellWords(before: NodeLook, { ended, core_pattern }: NodeLook): string {
  const held = before.nodes.flatMap(({ processes }) => processes.filter(isHeld)).length;
  const silent = ended.filter(({ status }) => status === null).length;
  const words = `of ${held} processes of daemons and services ${ended.length} ended, none by a crash`;
  const unknown = silent > 0 ? `; how ${silent} of them ended is not known (Linux 6.15 says it)` : '';
  return `${words}${unknown}; ${coreWords(core_pattern)}`;
}

function isHeld({ service, daemon }: SeenProcess): boolean {
  return service !== null || daemon;
}

/** By core(5): a name in the folder of the process, a path of its root, or a program of the engine's machine. */
function coreWords(pattern: string): string {
  if (/^core[^/]*$/.test(pattern)) return 'no core dump is beside them';
  return `core dumps are not in the nodes' folders: the machine's core_pattern is '${pattern}'`;
}
