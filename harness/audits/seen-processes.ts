import type { NodeSeen, SeenProcess } from '../lab/node-look-shapes.ts';

/** One process and no other: numbers are given away again. */
export function identity({ pid, start_ticks }: Pick<SeenProcess, 'pid' | 'start_ticks'>): string {
  return `${pid} ${start_ticks}`;
}

/** The program that a process runs: its file's name, or the kernel's name for it. */
export function programOf({ argv, name }: SeenProcess): string {
  return argv[0]?.split('/').at(-1) || name;
}

/** Those of `seen` that are not in `other`. */
export function notIn(seen: readonly SeenProcess[], other: readonly SeenProcess[]): SeenProcess[] {
  const known = new Set(other.map(identity));
  return seen.filter((one) => !known.has(identity(one)));
}

/** A process and what it descends from, the nearest first. */
export function lineOf(process: SeenProcess, all: readonly SeenProcess[]): SeenProcess[] {
  const line: SeenProcess[] = [];
  for (let at: SeenProcess | undefined = process; at && line.length <= all.length; ) {
    line.push(at);
    const { ppid }: SeenProcess = at;
    at = all.find(({ pid }) => pid === ppid);
  }
  return line;
}

/** Whether the node was started again between two looks: all its processes are others then. */
export function wasStartedAgain(before: NodeSeen, after: NodeSeen): boolean {
  const first = ({ first: pid, processes }: NodeSeen) => {
    const process = processes.find((one) => one.pid === pid);
    return process && identity(process);
  };
  return first(before) !== first(after);
}

/** Pairs of what was seen of each node in two looks. */
export function pairsOf(before: readonly NodeSeen[], after: readonly NodeSeen[]): [NodeSeen, NodeSeen][] {
  return before.flatMap((earlier): [NodeSeen, NodeSeen][] => {
    const later = after.find(({ node }) => node === earlier.node);
    return later ? [[earlier, later]] : [];
  });
}
