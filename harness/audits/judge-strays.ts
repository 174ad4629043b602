import type { NodeLook, NodeSeen, SeenProcess } from '../lab/node-look-shapes.ts';
import type { Audited } from '../systems/audit.ts';
import { identity, lineOf, notIn, pairsOf, wasStartedAgain } from './seen-processes.ts';

export const NO_STRAYS = 'no-strays';

/**
 * The kernel makes them in every network namespace as soon as anybody on the machine loads their module
 * (net.core.fb_tunnels_only_for_init_net).
 */
const FALLBACK_TUNNELS = new Set([
  'tunl0',
  'gre0',
  'gretap0',
  'erspan0',
  'ip_vti0',
  'ip6_vti0',
  'sit0',
  'ip6tnl0',
  'ip6gre0',
]);
const MOST_WORDS = 80;

/** What was seen in a trial. */
export interface StraysSeen {
  before: NodeLook;
  after: NodeLook;
  /** Another look, some time later; where it is not given, what is found is to be looked at again. */
  again?: NodeLook;
  /** Whether a system starts and ends it there by itself. */
  isMoved: (node: string, process: SeenProcess) => boolean;
}

/** Processes and interfaces that nodes did not have before the fault, and interfaces that they have lost. */
export function judgeStrays({ before, after, again = after, isMoved }: StraysSeen): Audited {
  const found: string[] = [];
  const notes: string[] = [];
  const later = new Map(again.nodes.map((one) => [one.node, one]));
  for (const [was, is] of pairsOf(before.nodes, after.nodes)) {
    const now = later.get(is.node) ?? is;
    for (const process of straysOf(was, is, now)) {
      if (isMoved(is.node, process)) continue;
      const words = `${commandOf(process)} (process ${process.pid}) runs on ${is.node}`;
      if (isFromOutside(process, is)) notes.push(`${words}: somebody has started it from outside`);
      else found.push(`${words} and did not before the fault`);
    }
    found.push(...wireWords(was, is, now));
  }
  const count = after.nodes.reduce((sum, { processes }) => sum + processes.length, 0);
  const detail =
    found.length > 0
      ? found.join(', ')
      : `${count} processes and the interfaces of ${after.nodes.length} nodes are those of before, or of their services`;
  return { name: NO_STRAYS, verdict: found.length > 0 ? 'fail' : 'pass', detail, notes };
}

/** New ones that nobody accounts for, and that are there in the later look too. */
function straysOf(was: NodeSeen, is: NodeSeen, now: NodeSeen): SeenProcess[] {
  const commands = new Set(was.processes.map(commandOf));
  const known = new Set(was.processes.map(identity));
  const lasting = new Set(now.processes.map(identity));
  const again = wasStartedAgain(was, is);
  return notIn(is.processes, was.processes).filter((process) => {
    if (!lasting.has(identity(process)) || process.service !== null || process.name === 'runsv') return false;
    if (commands.has(commandOf(process))) return false;
    // What a living process has started is its own; the first of a node adopts all orphans.
    const above = lineOf(process, is.processes).slice(1);
    const init = above.at(-1);
    return again || !above.some((one) => one !== init && known.has(identity(one)));
  });
}

/** Its parent is not of the node: the engine has started it, for `docker exec`. */
function isFromOutside(process: SeenProcess, { processes, first }: NodeSeen): boolean {
  return lineOf(process, processes).at(-1)!.pid !== first;
}

function commandOf({ argv, name }: SeenProcess): string {
  const words = argv.length > 0 ? argv.join(' ') : name;
  return words.length > MOST_WORDS ? `${words.slice(0, MOST_WORDS)}…` : words;
}

function wireWords(was: NodeSeen, is: NodeSeen, now: NodeSeen): string[] {
  if (was.interfaces === null || is.interfaces === null || now.interfaces === null) return [];
  const [old, current, later] = [was.interfaces, is.interfaces, now.interfaces];
  const own = (name: string) => !FALLBACK_TUNNELS.has(name);
  const added = current.filter((name) => own(name) && !old.includes(name) && later.includes(name));
  const lost = old.filter((name) => own(name) && !current.includes(name) && !later.includes(name));
  return [
    ...added.map((name) => `${is.node} has the interface ${name}, which it had not before the fault`),
    ...lost.map((name) => `${is.node} has lost its interface ${name}`),
  ];
}
