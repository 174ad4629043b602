import type { NodeLook, NodeSeen, SeenProcess } from '../../harness/lab/node-look-shapes.ts';

/** Clock ticks since the machine started, of a look: processes of before have run for long. */
const NOW_TICKS = 100_000;

/** A process as a look sees it: a daemon that has run for long, if nothing else is said. */
export function seenProcess(pid: number, name: string, more: Partial<SeenProcess> = {}): SeenProcess {
  const nothing = { open: null, resident_bytes: null };
  return {
    ...{ pid, ppid: 1, name, argv: [`/usr/sbin/${name}`], state: 'S', start_ticks: pid },
    ...{ service: name, daemon: true, ...nothing, ...more },
  };
}

/** What belongs to no service and is no daemon. */
export function otherProcess(pid: number, name: string, more: Partial<SeenProcess> = {}): SeenProcess {
  return seenProcess(pid, name, { service: null, daemon: false, argv: [name], ...more });
}

/** A node whose first process is 1. */
export function seenNode(
  node: string,
  processes: readonly SeenProcess[],
  more: Partial<NodeSeen> = {},
): NodeSeen {
  const first = otherProcess(1, 'tini', { ppid: 0 });
  return {
    ...{ node, first: 1, processes: [first, ...processes] },
    ...{ interfaces: ['lo', 'eth1'], addresses: [], untracked_drops: null, cores: [], ...more },
  };
}

/** A look at some nodes. */
export function nodeLook(nodes: readonly NodeSeen[], more: Partial<NodeLook> = {}): NodeLook {
  return { at_ns: 0, nodes: [...nodes], ended: [], uptime_ticks: NOW_TICKS, core_pattern: 'core', ...more };
}
