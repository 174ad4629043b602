import { z } from 'zod';
import { labTime, nodeAddress, processInfo } from './agent-shapes.ts';

/** A process of a node, as one look at the whole lab has seen it. */
const seenProcess = z.object({
  ...processInfo.shape,
  /** The service of the node's supervisor that it belongs to; null where it is none's. */
  service: z.string().nullable(),
  /** Its program is a daemon wherever it runs. */
  daemon: z.boolean(),
  /** Descriptors that it has open; null of what is neither a daemon nor of a service. */
  open: z.int().nullable(),
  /** Memory that it has in use (proc(5), statm); null where `open` is. */
  resident_bytes: z.int().nullable(),
});
export type SeenProcess = z.infer<typeof seenProcess>;

const nodeSeen = z.object({
  node: z.string(),
  /** Number of its first process; 0 while it is down. */
  first: z.int(),
  processes: z.array(seenProcess),
  /** Names, of its own network namespace; null while it is down. */
  interfaces: z.array(z.string()).nullable(),
  /** Of its interfaces, by the kernel's word; none while it is down. */
  addresses: z.array(nodeAddress),
  /** Packets that its kernel dropped since its network is there because it could not track their flow; null where it tracks none. */
  untracked_drops: z.int().nullable(),
  /** Files named `core` or `core.*` in the folders that its daemons run in. */
  cores: z.array(z.string()),
});
export type NodeSeen = z.infer<typeof nodeSeen>;

/** A process that was there at the look before. */
const endedProcess = z.object({
  node: z.string(),
  pid: z.int(),
  start_ticks: z.int(),
  name: z.string(),
  /** As waitpid(2) has it; null where the kernel does not say (Linux before 6.15). */
  status: z.int().nullable(),
});
export type EndedProcess = z.infer<typeof endedProcess>;

export const nodeLook = z.object({
  at_ns: labTime,
  nodes: z.array(nodeSeen),
  ended: z.array(endedProcess),
  /** Clock ticks since the machine started, at the look; `start_ticks` of processes count from the same moment. */
  uptime_ticks: z.int(),
  /** What the engine's machine does with a core dump (core(5)). */
  core_pattern: z.string(),
});
export type NodeLook = z.infer<typeof nodeLook>;
