import { z } from 'zod';
import type { TrialFacts } from '../../../journal/trial-facts.ts';
import { systemFacts } from '../../system-facts.ts';

/** The key of the facts of all systems under which it stands. */
export const NAME = 'l2';

const failMode = z.enum(['secure', 'standalone']);
const peer = z.object({ node: z.string(), interface: z.string(), mac: z.string() });

const settings = z.object({
  ports: z.array(z.object({ interface: z.string(), vlan: z.int() })),
  trunk: z.string().nullable(),
  fail_mode: failMode,
  phys_fail_mode: failMode,
  datapath: z.enum(['auto', 'system', 'netdev', 'bridge']),
  controller: z.boolean(),
  inactivity_probe_ms: z.number(),
  polling_ms: z.number(),
  start_delay_ms: z.number(),
  drop_flows_on_start: z.boolean(),
  vswitchd_keeper: z.enum(['nothing', 'monitor', 'init']),
  agent_respawns: z.boolean(),
  ovsdb_respawns: z.boolean(),
});

const switchShape = z.object({
  node: z.string(),
  settings,
  wires: z.array(z.object({ interface: z.string(), segment: z.string(), peers: z.array(peer) })),
});
/** A switch of a trial, with the MAC addresses behind its wires. */
export type SwitchFacts = z.infer<typeof switchShape>;

/**
 * What ovs-vsctl(8) says of the database. With bridges of the kernel, what that says of them: a port's tag is then the VLAN of
 * the network whose bridge it is on, and `ofport` its number there, if the bridge forwards on it.
 */
const database = z.object({
  bridges: z.array(z.object({ name: z.string(), datapath: z.string(), fail_mode: z.string().nullable() })),
  ports: z.array(
    z.object({
      name: z.string(),
      /** Of 802.1Q inside the switch; null for one that carries all. */
      tag: z.int().nullable(),
      /** The VLAN of its network on the wire, as the server answered it; null for what is no machine's. */
      vlan: z.int().nullable(),
      /** Its number in the datapath: −1 or null where it is not there. */
      ofport: z.int().nullable(),
      /** Of a tunnel to other switches (VXLAN): its network identifier. */
      vni: z.int().optional(),
    }),
  ),
  controllers: z.array(z.object({ target: z.string(), connected: z.boolean() })),
});
export type Database = z.infer<typeof database>;

const flows = z.object({
  bridge: z.string(),
  cookies: z.array(z.string()),
  /** Without cookies and counters, sorted. */
  flows: z.array(z.string()),
  /** How many there are, where they were only counted: more than are listed (ovs-output.ts). */
  counted: z.int().optional(),
  /** What ovs-ofctl(8) said where it got no answer. */
  trouble: z.string().optional(),
});
export type BridgeFlows = z.infer<typeof flows>;

const lookShape = z.object({
  when: z.enum(['before', 'during', 'after']),
  node: z.string(),
  /** Processes of each daemon: those that run, and those that are stopped. */
  daemons: z.record(z.string(), z.array(z.object({ pid: z.int(), stopped: z.boolean() }))),
  /** Its bridges are the kernel's: there is nothing of Open vSwitch. */
  kernel_bridges: z.literal(true).optional(),
  /** null: it does not answer. */
  database: database.nullable(),
  flows: z.array(flows),
});
/** What a switch had at a moment. */
export type SwitchLook = z.infer<typeof lookShape>;

const plugShape = z.object({
  node: z.string(),
  interface: z.string(),
  plugged_ns: z.number(),
  /** When the agent had given it its tag; null where that was not seen. */
  wired_ns: z.number().nullable(),
});
/** A port that was plugged in while the lab ran. */
export type PlugFacts = z.infer<typeof plugShape>;

const l2FactsShape = z.object({
  switches: z.array(switchShape),
  /** Which nodes share a segment. */
  links: z.array(z.tuple([z.string(), z.string()])),
  looks: z.array(lookShape),
  plugs: z.array(plugShape),
});
export type L2Facts = z.infer<typeof l2FactsShape>;

/** @throws InputError when they are not what they should be. */
export function l2FactsOf(facts: Pick<TrialFacts, 'systems'>): L2Facts | undefined {
  return systemFacts(facts, NAME, l2FactsShape);
}
