import type { EndedProcess, NodeLook, NodeSeen, SeenProcess } from '../lab/node-look-shapes.ts';
import type { Audited, TrialOfAudit } from '../systems/audit.ts';
import { describeStatus } from './exit-status.ts';
import { changedRole, faultsAt, reachOf } from './fault-reach.ts';
import { identity, notIn, pairsOf, programOf, wasStartedAgain } from './seen-processes.ts';

export const DAEMONS_KEPT = 'daemons-kept';

/** A younger process may be a script that a daemon runs, and that has still its name. */
const YOUNG_TICKS = 100;

/** What was seen in a trial. */
export interface DaemonsSeen {
  before: NodeLook;
  after: NodeLook;
  trial: TrialOfAudit;
  /** Whether a system starts and ends it there by itself. */
  isMoved: (node: string, process: SeenProcess) => boolean;
}

/** A daemon that is not the process any more that it was. */
interface Change {
  node: string;
  words: string;
  /** A fault may have done it, or a script of the node's own: a note, and no failure. */
  excused?: string;
}

/** Whether every daemon is the process that it was, but for what the faults and the systems themselves have ended. */
export function judgeDaemons(seen: DaemonsSeen): Audited {
  const pairs = pairsOf(seen.before.nodes, seen.after.nodes);
  const kept = pairs.filter(([before, after]) => !wasStartedAgain(before, after));
  const changes = kept.flatMap(([before, after]) => changesOf(seen, before, after));
  const found = changes.filter(({ excused }) => excused === undefined).map(({ words }) => words);
  const notes = changes.flatMap(({ words, excused }) => (excused ? [`${words} (${excused})`] : []));
  const count = kept.reduce((sum, [before]) => sum + daemonsOf(before, seen.before).length, 0);
  const again = pairs.length - kept.length;
  const well = `${count} daemons in ${kept.length} nodes are the processes that they were${
    again > 0 ? `; ${again} ${again === 1 ? 'node was' : 'nodes were'} started again` : ''
  }`;
  const detail = found.length > 0 ? `${found.join(', ')}: no fault was aimed at ${anyOf(found)}` : well;
  return { name: DAEMONS_KEPT, verdict: found.length > 0 ? 'fail' : 'pass', detail, notes };
}

function anyOf(found: readonly unknown[]): string {
  return found.length === 1 ? 'it' : 'them';
}

function isDaemon({ daemon, service, name, argv }: SeenProcess): boolean {
  if (daemon) return true;
  return (
    service !== null && (name === service.slice(0, 15) || argv.some((word) => word.endsWith(`/${service}`)))
  );
}

function daemonsOf(seen: NodeSeen, look: NodeLook): SeenProcess[] {
  return seen.processes.filter((one) => isDaemon(one) && look.uptime_ticks - one.start_ticks >= YOUNG_TICKS);
}

function changesOf(seen: DaemonsSeen, before: NodeSeen, after: NodeSeen): Change[] {
  const gone = notIn(daemonsOf(before, seen.before), after.processes);
  const fresh = notIn(after.processes.filter(isDaemon), before.processes);
  const programs = [...new Set(gone.map(programOf))];
  return programs.flatMap((program) => {
    const ended = gone.filter((one) => programOf(one) === program && !isExempt(seen, before, one));
    if (ended.length === 0) return [];
    const successor = fresh.find((one) => programOf(one) === program);
    return [changeOf(seen, before.node, ended, successor)];
  });
}

function isExempt({ trial, isMoved }: DaemonsSeen, before: NodeSeen, process: SeenProcess): boolean {
  return (
    isMoved(before.node, process) || reachOf(trial, before.node, process, before.processes) === 'process'
  );
}

function changeOf(
  { before, after, trial }: DaemonsSeen,
  node: string,
  ended: readonly SeenProcess[],
  successor: SeenProcess | undefined,
): Change {
  const first = ended[0]!;
  const death = deathOf(node, ended, after.ended);
  const numbers = ended.map(({ pid }) => pid).join(' and ');
  const age_s = successor && (after.uptime_ticks - successor.start_ticks) / YOUNG_TICKS;
  const now = successor
    ? `runs as process ${successor.pid} for ${age_s!.toFixed(1)} s`
    : 'does not run any more';
  const words = `${programOf(first)} of ${node} (process ${numbers}) ended${death} and ${now}`;
  const siblings = before.nodes.find((one) => one.node === node)!.processes;
  const excused = excuseOf(trial, node, first, siblings);
  return { node, words, ...(excused === undefined ? {} : { excused }) };
}

function excuseOf(
  trial: TrialOfAudit,
  node: string,
  process: SeenProcess,
  siblings: readonly SeenProcess[],
): string | undefined {
  if (reachOf(trial, node, process, siblings) === 'node')
    return `it may come of '${faultsAt(trial, node).join("' and '")}'`;
  if (!process.daemon && changedRole(trial, node)) return 'addresses moved, and scripts may have ended it';
  return undefined;
}

function deathOf(node: string, ended: readonly SeenProcess[], known: readonly EndedProcess[]): string {
  const numbers = new Set(ended.map(identity));
  const words = known
    .filter((one) => one.node === node && numbers.has(identity(one)))
    .flatMap(({ status }) => (status === null ? [] : [describeStatus(status)]));
  return words.length > 0 ? ` (${[...new Set(words)].join(', ')})` : '';
}
