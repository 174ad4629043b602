import { z } from 'zod';

export const NAME = 'neutron';

const when = z.enum(['before', 'during', 'after']);

/** A replica of a router at a moment: what the API says of it, and what the kernel of its node does. */
const replicaShape = z.object({
  when,
  router: z.string(),
  node: z.string(),
  /** `active` or `standby`, by the API (`ha_state`); null where the API has no such replica. */
  claimed: z.string().nullable(),
  /**
   * `active`: the router's address is in the namespace; `standby`: keepalived runs there without it; `silent`: it does not
   * run; `down`: the node does not run.
   */
  found: z.enum(['active', 'standby', 'silent', 'down']),
});
export type ReplicaLook = z.infer<typeof replicaShape>;

/** An agent at a moment: whether the API has it alive, and whether it runs. */
const agentShape = z.object({
  when,
  node: z.string(),
  program: z.string(),
  /** null where the API has no such agent. */
  claimed_alive: z.boolean().nullable(),
  runs: z.boolean(),
});
export type AgentLook = z.infer<typeof agentShape>;

/** A time in which the API said one thing of an agent or a replica, and its node showed another. */
const wrongClaimShape = z.object({
  of: z.enum(['agent', 'replica']),
  node: z.string(),
  /** Of an agent its program, of a replica its router. */
  name: z.string(),
  /** In words, at the first look that saw it: `alive`, `active`; what the API has not is `not there`. */
  claimed: z.string(),
  found: z.string(),
  /** The first look that saw it. */
  from_ns: z.number(),
  /** The first look that saw it no more, or the last of the trial. */
  until_ns: z.number(),
  /** It was so at the last look. */
  open: z.boolean(),
});
export type WrongClaim = z.infer<typeof wrongClaimShape>;

/** Where something ran at a moment: of a router its keepalived, of a network its dnsmasq. */
const runningShape = z.object({
  of: z.enum(['router', 'network']),
  name: z.string(),
  at_ns: z.number(),
  places: z.array(z.object({ node: z.string(), pid: z.int() })),
});
export type Running = z.infer<typeof runningShape>;

/** By which Neutron notices what is gone, in ms. */
const timesShape = z.object({
  /** `agent_down_time`. */
  agent_down_ms: z.number(),
  /** `report_interval`. */
  report_interval_ms: z.number(),
  /** `check_child_processes_interval`. */
  check_processes_ms: z.number(),
});
export type NeutronTimes = z.infer<typeof timesShape>;

/** What is noted of Neutron in a trial. */
export const neutronFactsShape = z.object({
  replicas: z.array(replicaShape),
  agents: z.array(agentShape),
  /** From right before the fault to the end, by looks at a distance of some seconds; absent where none was made. */
  wrong: z.array(wrongClaimShape).exactOptional(),
  /** From right before the fault to the end, by looks every second, each when it changed; absent where none was made. */
  running: z.array(runningShape).exactOptional(),
  times: timesShape.exactOptional(),
  /** Why the API could not be asked at a moment: one sentence each. */
  silent: z.array(z.string()),
});
export type NeutronFacts = z.infer<typeof neutronFactsShape>;

export const claimRow = z.discriminatedUnion('kind', [
  replicaShape.extend({ kind: z.literal('replica') }),
  agentShape.extend({ kind: z.literal('agent') }),
]);
export type ClaimRow = z.infer<typeof claimRow>;
