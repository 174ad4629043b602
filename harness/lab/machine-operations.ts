import { z } from 'zod';
import { operation } from './agent-operation.ts';
import { agentPort, changeTime, descriptorLimit, processesChanged, processorLimit } from './agent-shapes.ts';
import { nodeLook } from './node-look-shapes.ts';

const text = z.string();
const texts = z.array(text);
const pid = z.int();
const nothing = z.null();
const seconds = z.number();
const inNode = { pid, name: text };
const inContainer = { container_id: text, name: text };

/** What the agent does to machines that are to run badly, part of `AGENT_OPERATIONS`. */
export const machineOperations = {
  /** Puts back what a fault has changed under its key; harmless when it was done. */
  undo_change: operation({ key: text }, nothing),
  /** Pulls wires out of their bridges and plugs them in again, whatever a fault left at their ports. */
  replug: operation({ ports: z.array(agentPort) }, nothing),
  /** The engine freezes those that run; answers which it froze. */
  pause_nodes: operation({ container_ids: texts }, z.object({ ...changeTime.shape, container_ids: texts })),
  /** Answers which were frozen. */
  unpause_nodes: operation({ container_ids: texts }, texts),
  /** Those whose control group the kernel has frozen. */
  frozen_nodes: operation({ container_ids: texts }, texts),
  /** Each gets so much of one processor, and uses it up. */
  starve_nodes: operation(
    { key: text, container_ids: texts, quota_us: z.int(), period_us: z.int() },
    changeTime,
  ),
  processor_limits: operation({ container_ids: texts }, z.array(processorLimit)),
  /** As `kill_named`, and again whenever one has lived for that long, until that is undone. */
  kill_again: operation({ key: text, ...inContainer, signal_name: text, lives_s: seconds }, processesChanged),
  /** How many it has killed so far, and how many live now; null when it is over. */
  kill_loop: operation({ key: text }, z.object({ killed: z.int(), running: z.int() }).nullable()),
  /** The node's supervisor starts the service whenever it ends, until that is undone; answers whether it does. */
  supervise_service: operation({ key: text, ...inNode }, z.boolean()),
  /** The kernel ends the largest process of that name; by its own count of such ends in the node. */
  run_out_of_memory: operation(
    { key: text, ...inContainer, timeout_s: seconds },
    z.object({ ...processesChanged.shape, killed_before: z.int(), killed_after: z.int() }),
  ),
  /** Every process of that name may open `left` files more than it has now. */
  exhaust_descriptors: operation(
    { key: text, ...inContainer, left: z.int() },
    z.object({ ...changeTime.shape, processes: z.array(descriptorLimit) }),
  ),
  descriptor_limits: operation(inContainer, z.array(descriptorLimit)),
  /** The BMC of this host refuses to switch it from now on, until that is undone. */
  refuse_power: operation({ key: text, host: text }, changeTime),
  /** Whether it does. */
  power_refused: operation({ host: text }, z.boolean()),
  /** The kernel may give away `left` ports from now on, until that is undone. */
  reserve_ports: operation({ key: text, pid, left: z.int() }, changeTime),
  /** How many it may give away. */
  free_ports: operation({ pid }, z.int()),
  /** Until that is undone; the moment is that of the last entries. */
  fill_conntrack: operation({ key: text, pid }, changeTime),
  /** Entries in the connection table of a node, and how many there may be. */
  conntrack_use: operation({ pid }, z.object({ entries: z.int(), most: z.int() })),
  /** A file of the node gets a line more, and the processes of that name a signal, until that is undone. */
  spoil_file: operation(
    { key: text, ...inContainer, pid, path: text, line: text, signal_name: text },
    processesChanged,
  ),
  /**
   * One look at all of these nodes. `daemons` are names of programs that count as daemons wherever they run; so does what
   * a node's supervisor started. What has ended since the look before is answered once.
   */
  look_at_nodes: operation(
    { nodes: z.array(z.object({ node: text, container_id: text, pid })), daemons: texts },
    nodeLook,
  ),
  /** A folder of the node cannot be written from now on, until that is undone. */
  limit_folder: operation({ key: text, pid, path: text, how: z.enum(['read-only', 'full']) }, changeTime),
  /** What becomes of a file that is written there: `written`, or the name of the error. */
  try_folder: operation({ pid, path: text }, text),
  /** Who has what below it open for writing, in words. */
  folder_writers: operation({ container_id: text, path: text }, texts),
  file_ends_with: operation({ pid, path: text, line: text }, z.boolean()),
};
