import { z } from 'zod';
import { agentPort, labTime } from './agent-shapes.ts';

const containers = z.array(z.string());

/** What heals a cut. */
export const wireHealing = {
  port: z.string(),
  key: z.string(),
  interface: z.string(),
  pid: z.int(),
  at_ns: labTime,
};

/** Which flapping of a wire. */
export const flapKey = { port: z.string(), key: z.string(), interface: z.string(), pid: z.int() };

/** Which shaping of a wire. */
export const shaperKey = { key: z.string(), port: z.string() };

/** What was removed under `key` goes back into the node of `pid` unless one of `pids` takes it up within `wait_s`. */
export const addressRestoring = {
  key: z.string(),
  pid: z.int(),
  pids: z.array(z.int()),
  wait_s: z.number(),
};
export type AddressRestoring = z.input<z.ZodObject<typeof addressRestoring>>;

/** How the agent heals a fault whose harness is gone: the arguments of each step. */
export const GUARD_STEPS = {
  heal_wire: wireHealing,
  /** Done when the node has ended as the first process `pid`, or was asked to and does so soon. */
  restart_node: { container_id: z.string(), ports: z.array(agentPort), pid: z.int() },
  /** The same, when all that stands in for the node's own container has been removed. */
  restore_node: { container_id: z.string(), ports: z.array(agentPort), pid: z.int() },
  continue_processes: { container_ids: containers, name: z.string().nullable() },
  end_daemon: { container_id: z.string(), name: z.string(), timeout_s: z.number() },
  /** `if_known`: left out where the node has no such service. */
  start_service: { container_id: z.string(), name: z.string(), if_known: z.boolean() },
  restore_address: addressRestoring,
  /** What was changed under the key. */
  undo_change: { key: z.string() },
  unpause_nodes: { container_ids: containers },
  remove_filter: { key: z.string() },
  remove_shaper: shaperKey,
  stop_flap: flapKey,
  remove_stranger: { key: z.string() },
  exec_in_node: { container_id: z.string(), argv: z.array(z.string()), timeout_s: z.number() },
  /** In the first of these nodes in which it succeeds. */
  run_in_node: { container_ids: containers, argv: z.array(z.string()).readonly() },
} as const;

type Steps = typeof GUARD_STEPS;

export type GuardStep = {
  [Name in keyof Steps]: { step: Name; args: z.input<z.ZodObject<Steps[Name]>> };
}[keyof Steps];
