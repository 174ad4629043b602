import { z } from 'zod';
import { operation } from './agent-operation.ts';
import {
  addressEvent,
  addressGap,
  agentBmc,
  agentPort,
  captureFile,
  changeTime,
  conntrackFilling,
  direction,
  discipline,
  frameRule,
  heardAdvert,
  labTime,
  machineNode,
  nodeAddress,
  powerEvent,
  pressureSample,
  processesChanged,
  processInfo,
  routerAdvert,
  wireState,
} from './agent-shapes.ts';
import {
  addressRestoring,
  flapKey,
  GUARD_STEPS,
  type GuardStep,
  shaperKey,
  wireHealing,
} from './guard-steps.ts';
import { machineOperations } from './machine-operations.ts';

const text = z.string();
const texts = z.array(text);
const words = texts.readonly();
const pid = z.int();
const pids = z.array(pid);
const seconds = z.number();
const nothing = z.null();
const said = z.record(text, z.unknown());
const object = z.custom<object>((value) => typeof value === 'object' && value !== null);
const inNode = { pid, name: text };
const inContainer = { container_id: text, name: text };
const cutKind = z.enum(['frames', 'carrier']);
const guardStep = z.custom<GuardStep>(
  (value) =>
    typeof value === 'object' && value !== null && 'step' in value && String(value.step) in GUARD_STEPS,
);

/**
 * What the agent in the fabric can do, by name. Their counterpart are the functions of images/fabric/agent that have the
 * decorator `operation`; a unit test compares the two.
 */
export const AGENT_OPERATIONS = {
  hello: operation({}, z.object({ epoch_ns: text, now_ns: labTime, kernel: text })),
  release: operation({}, nothing),
  /** Why the fabric cannot ask the engine, which it does to heal and to remove; null when it can. */
  engine_trouble: operation({}, text.nullable()),
  /** Runs a script of `abilityScript` and answers what it has printed. */
  try_abilities: operation({ script: text }, text),
  /** Blocks of memory that the agent's objects hold. */
  held_blocks: operation({}, z.int()),
  arm_guard: operation({ key: text, steps: z.array(guardStep) }, nothing),
  disarm_guard: operation({ key: text }, nothing),
  create_bridges: operation({ bridges: z.array(z.object({ name: text, mtu: z.int().optional() })) }, nothing),
  /** The container is a node of this lab, `pid` its first process: what is not a node's process is left alone. */
  adopt_node: operation({ container_id: text, pid }, nothing),
  /** What switches the power of these hosts over the lab's own network. */
  create_bmcs: operation({ bmcs: z.array(agentBmc) }, nothing),
  /** The node is part of the machine that the BMC of this host switches. */
  enrol_node: operation({ host: text, node: machineNode }, nothing),
  /** Starts what of a machine does not run, when its BMC is done with what it does. @param by for the records. */
  power_on: operation({ host: text, by: text }, nothing),
  /** The nodes that were switched after the first `seen` changes; waits until there is one. */
  power_changes: operation(
    { seen: z.int(), timeout_s: seconds },
    z.object({ seen: z.int(), changes: z.array(z.object({ node: text, pid })) }),
  ),
  /** Answers when no machine is being switched. */
  settle_power: operation({}, nothing),
  power_events: operation({ since_ns: labTime }, z.array(powerEvent)),
  plug: operation({ pid, ports: z.array(agentPort) }, nothing),
  raise_links: operation({ pid, interfaces: texts }, nothing),
  port_states: operation({ ports: texts }, z.record(text, text)),
  set_forwarding: operation({ ports: texts, forwarding: z.boolean() }, changeTime),
  cut_wire: operation({ port: text, key: text, at_ns: labTime, kind: cutKind, direction }, changeTime),
  heal_wire: operation(wireHealing, changeTime),
  /** The wire is cut for `down_ms` of every `period_ms`; answers when it was first. */
  start_flap: operation(
    { ...flapKey, kind: cutKind, period_ms: z.number(), down_ms: z.number() },
    changeTime,
  ),
  stop_flap: operation(flapKey, nothing),
  /** How often it was cut, as is known; null when it is over. */
  flap_state: operation(
    { key: text },
    z.object({ cuts: z.int(), heals: z.int(), carrier_losses: z.int() }).nullable(),
  ),
  add_filter: operation({ key: text, port: text, ...frameRule.shape }, changeTime),
  /** No frame passes from the first to the second port of a pair. */
  add_partition: operation({ key: text, pairs: z.array(z.tuple([text, text])) }, changeTime),
  remove_filter: operation({ key: text }, nothing),
  /** How many frames it has matched, and to how many it has done what it does; null when it is not there. */
  filter_counts: operation({ key: text }, z.object({ seen: z.int(), hit: z.int() }).nullable()),
  /** `qdisc` as tc(8) writes it. */
  add_shaper: operation({ key: text, port: text, direction, qdisc: words }, changeTime),
  remove_shaper: operation(shaperKey, nothing),
  /** The queueing disciplines that the kernel has of it, one for each direction. */
  shaper_state: operation(shaperKey, z.array(discipline)),
  /**
   * A machine that no topology knows: it owns an address (with a prefix), announces one, or sends under another's MAC
   * address.
   */
  add_stranger: operation(
    {
      key: text,
      bridge: text,
      mac: text,
      owns: text.nullable(),
      announces: text.nullable(),
      to_mac: text.nullable(),
      poses_as: text.nullable(),
      every_ms: z.number(),
    },
    changeTime,
  ),
  remove_stranger: operation({ key: text }, nothing),
  /** The port of the bridge that it is at; null when it is not there. */
  stranger_port: operation({ key: text }, text.nullable()),
  /** Whom the kernel of a node takes to be at which MAC address. */
  neighbours_of: operation({ pid }, z.array(z.object({ address: text, mac: text }))),
  wire_state: operation({ port: text }, wireState.nullable()),
  crash: operation({ ports: texts, pids }, z.object({ ...changeTime.shape, killed_ns: labTime })),
  container_processes: operation({ container_id: text }, z.array(processInfo)),
  kill_named: operation({ ...inContainer, signal_name: text }, processesChanged),
  alive: operation({ pids }, pids),
  hang: operation({ container_ids: texts, name: text.nullable() }, processesChanged),
  resume: operation({ container_ids: texts, name: text.nullable() }, nothing),
  ...machineOperations,
  shut_down: operation(
    { nodes: z.array(z.object({ pid, ports: texts })), timeout_s: seconds },
    z.object({ ...changeTime.shape, living: pids }),
  ),
  hold_service: operation(inNode, z.boolean()),
  start_service: operation(inNode, z.boolean()),
  /** Whether the node's supervisor has such a service. */
  has_service: operation(inNode, z.boolean()),
  watch_addresses: operation({ node: text, pid }, nothing),
  watch_namespace: operation({ node: text, pid, name: text, inside: pid }, nothing),
  held_addresses: operation({}, z.record(text, texts)),
  address_events: operation({ since_ns: labTime }, z.array(addressEvent)),
  /** When it is not known how the addresses of a node changed, as far as that was not over at this moment. */
  address_gaps: operation({ since_ns: labTime }, z.array(addressGap)),
  addresses_of: operation({ pid }, z.array(nodeAddress)),
  /** Of the nodes `others`, one that holds it already does not count as having taken it up. */
  remove_address: operation(
    { key: text, pid, interface: text, address: text, others: pids },
    z.object({ ...changeTime.shape, removed: texts }),
  ),
  /** Of what was removed under `key`, what none of these nodes has taken up. */
  missing_addresses: operation({ key: text, pids }, texts),
  /** Answers what it had to put back. */
  restore_address: operation(addressRestoring, texts),
  /**
   * The advertisements of a virtual router that pass in the network namespaces of these processes, the last of each
   * sender; until every node of `awaited` heard one. `address` decides where several share the VRID.
   */
  hear_adverts: operation(
    {
      listeners: z.array(z.object({ node: text, pid })),
      vrid: z.int(),
      address: text,
      awaited: texts,
      timeout_s: seconds,
      family: z.literal([4, 6]).exactOptional(),
    },
    z.array(heardAdvert),
  ),
  /**
   * The router advertisements that nodes send on these interfaces within the time, each source and lifetime once. They
   * are asked for: a solicitation enters each interface by its port of the fabric.
   */
  hear_router_adverts: operation(
    { listeners: z.array(z.object({ node: text, pid, interface: text, port: text })), timeout_s: seconds },
    z.array(routerAdvert),
  ),
  /** The next one of a master; of one that enters at this port of the fabric, in this family (4 by default). */
  next_advert: operation(
    {
      vrid: z.int(),
      timeout_s: seconds,
      port: text.exactOptional(),
      family: z.literal([4, 6]).exactOptional(),
    },
    labTime.nullable(),
  ),
  watch_conntrack: operation({ node: text, pid }, nothing),
  conntrack_fillings: operation({ since_ns: labTime }, z.array(conntrackFilling)),
  has_program: operation(inNode, z.boolean()),
  /** With the node's own links followed, never out of it. */
  read_node_file: operation({ pid, path: text }, text),
  /** The next whole lines from a byte on, 1 MiB at most, of a file that only grows, and the byte at which they end. */
  read_node_lines: operation({ pid, path: text, offset: z.int() }, z.object({ text, offset: z.int() })),
  /** The names in it; null where there is no such folder. */
  list_node_folder: operation({ pid, path: text }, texts.nullable()),
  /** In bytes; null where there is no such file. */
  node_file_size: operation({ pid, path: text }, z.int().nullable()),
  /** The local ports of a node's UDP sockets over IPv4. */
  udp_ports: operation({ pid }, z.array(z.int())),
  /** The keepalived daemons of a node without their children, and the folder that each runs in. */
  running_keepalived: operation(
    { container_id: text },
    z.array(z.object({ ...processInfo.shape, folder: text })),
  ),
  /** The keepalived `pid` writes its dump, to `path` if its configuration says so; what it takes is between the times. */
  dump_keepalived: operation(
    { container_id: text, pid, path: text.nullable(), timeout_s: seconds },
    z.object({ ...changeTime.shape, text }),
  ),
  /** Removes, then writes: each file whole or not at all; `files` is content by absolute path. */
  write_node_files: operation({ pid, files: z.record(text, text), remove: words }, nothing),
  /** By the service of that name; answers when a process of that name runs. */
  start_daemon: operation({ container_id: text, ...inNode, timeout_s: seconds }, nothing),
  /** Only to processes that handle the signal; there may be none. */
  signal_named: operation({ ...inContainer, signal_name: text }, processesChanged),
  /** SIGTERM; answers when no process of that name is left. */
  end_daemon: operation({ ...inContainer, timeout_s: seconds }, nothing),
  /** Those that live and are not stopped. */
  responsive: operation({ pids }, pids),
  /**
   * A program of the node's own, with the node's own rights: the engine starts it (`docker exec`). One that prints more
   * than `most_mib`, 1 by default, is killed.
   */
  run_in_node: operation(
    { container_id: text, argv: words, timeout_s: seconds, most_mib: z.int().optional() },
    z.object({ ...changeTime.shape, status: z.int(), stdout: text, stderr: text }),
  ),
  /** Signals every process of a session of a node, if a signal is given; answers those that were found alive. */
  signal_session: operation({ container_id: text, session: z.int(), signal_name: text.nullable() }, pids),
  start_capture: operation(
    { name: text, bridges: texts, capture_filter: text, snap_bytes: z.int(), most_packets: z.int() },
    nothing,
  ),
  stop_capture: operation({ name: text }, z.array(captureFile)),
  start_probe: operation({ ...inNode, program: text, params: object, timeout_s: seconds }, said),
  ask_probe: operation({ name: text, request: object, timeout_s: seconds }, said),
  stop_probe: operation({ name: text, timeout_s: seconds }, said),
  end_probe: operation({ name: text }, nothing),
  read_file: operation({ path: text, offset: z.int() }, z.object({ data: text, size: z.int() })),
  compress_files: operation({ paths: texts }, texts),
  remove_file: operation({ path: text }, nothing),
  watch_pressure: operation({}, nothing),
  pressure: operation({ since_ns: labTime }, z.array(pressureSample)),
  /** Address and power events, fillings and samples that were over before this moment will not be asked for any more. */
  forget: operation({ before_ns: labTime }, nothing),
};

type Operations = typeof AGENT_OPERATIONS;

/** Name -> arguments and result. */
export type AgentOperations = {
  [Name in keyof Operations]: [z.input<Operations[Name]['args']>, z.output<Operations[Name]['result']>];
};
