import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { attachExec } from '../engine/attach-exec.ts';
import type { Engine } from '../engine/connect.ts';
import { EnvironmentError } from '../ground/errors.ts';
import type { LabTime } from '../ground/time.ts';
import { withDeadline } from '../ground/wait.ts';
import type { AddressEvent, AddressGap, ConntrackFilling, PressureSample } from '../journal/trial-facts.ts';

const RELAY = ['python3', '-S', '-E', '/opt/hadrill/relay.py'];
const DEFAULT_TIMEOUT_MS = 30_000;

/** A wire's end as the agent plugs it. */
export interface AgentPort {
  /** Interface name in the fabric. */
  port: string;
  /** Bridge in the fabric. */
  bridge: string;
  /** Interface name in the node. */
  interface: string;
  mac: string;
  ipv4?: string;
  ipv6?: string;
  mtu?: number;
}

/** When a change was made: between two clock readings right around the system call. */
export interface ChangeTime {
  before_ns: LabTime;
  after_ns: LabTime;
}

export interface ProcessInfo {
  pid: number;
  ppid: number;
  name: string;
  argv: string[];
  state: string;
  start_ticks: number;
}

export interface CaptureFile {
  bridge: string;
  path: string;
  /** Packets that the kernel could not hand over: more than 0 makes the capture incomplete. */
  dropped: number;
  /** It had as many packets as it may have, and ended early. */
  full: boolean;
}

/** What a cut stops: both directions, what comes from the node, or what goes to it; the carrier, or not. */
export type CutSort =
  | { kind: 'frames'; direction: 'both' | 'from' | 'to' }
  | { kind: 'carrier'; direction: 'both' };

/** Which frames of a wire are dropped: of a protocol, of a port at either end (null: any), in a direction, a share. */
export interface FrameFilter {
  protocol: 'any' | 'arp' | 'icmp' | 'tcp' | 'udp' | 'vrrp';
  port: number | null;
  direction: 'both' | 'from' | 'to';
  percent: number;
}

/** A bridge port as bridge(8) shows it. A flag that the kernel does not know is null. */
export interface WireState {
  state: string;
  learning: boolean | null;
  unicast_flood: boolean | null;
  multicast_flood: boolean | null;
  broadcast_flood: boolean | null;
  locked: boolean | null;
  carrier: boolean;
  /** MAC addresses that the bridge has learned behind it. */
  learned: string[];
}

/** An address at an interface of a node. */
export interface NodeAddress {
  interface: string;
  address: string;
  /** Its network's length in bits. */
  prefix: number;
}

/** A VRRP advertisement as it passed at a node. */
export interface HeardAdvert {
  node: string;
  /** The node sent it itself. */
  sent: boolean;
  interface: string;
  /** Its sender's. */
  mac: string;
  source: string;
  family: 4 | 6;
  vrid: number;
  priority: number;
  /** The interval that it announces, in ms. */
  advert_ms: number;
  /** Those that it names: not all, where some are excluded from it. */
  addresses: string[];
}

/** What was removed under `key` goes back into the node of `pid` unless one of `pids` takes it up within `wait_s`. */
export interface AddressRestoring {
  key: string;
  pid: number;
  pids: number[];
  wait_s: number;
}

/** How the agent mends a fault whose harness is gone. */
export type GuardStep =
  | { step: 'heal_wire'; args: { port: string; key: string; interface: string; pid: number; at_ns: LabTime } }
  /** Done when the node has ended as the first process `pid`, or does so soon. */
  | { step: 'restart_node'; args: { container_id: string; ports: AgentPort[]; pid: number } }
  | { step: 'continue_processes'; args: { container_ids: string[]; name: string | null } }
  /** `if_known`: left out where the node has no such service. */
  | { step: 'start_service'; args: { container_id: string; name: string; if_known: boolean } }
  | { step: 'restore_address'; args: AddressRestoring }
  | { step: 'remove_filter'; args: { key: string } }
  | { step: 'exec_in_node'; args: { container_id: string; argv: string[]; timeout_s: number } }
  /** In the first of these nodes in which it succeeds. */
  | { step: 'run_in_node'; args: { container_ids: string[]; argv: readonly string[] } };

/** What the agent in the fabric can do: name -> arguments and result. Its counterpart is operations.py. */
export interface AgentOperations {
  hello: [Record<string, never>, { epoch_ns: string; now_ns: LabTime; kernel: string }];
  release: [Record<string, never>, null];
  /** Why the fabric cannot ask the engine, which it does to mend and to remove; null when it can. */
  engine_trouble: [Record<string, never>, string | null];
  arm_guard: [{ key: string; steps: GuardStep[] }, null];
  disarm_guard: [{ key: string }, null];
  create_bridges: [{ bridges: { name: string; mtu: number | undefined }[] }, null];
  /** The container is a node of this lab, `pid` its first process: what is no node's process is left alone. */
  adopt_node: [{ container_id: string; pid: number }, null];
  plug: [{ pid: number; ports: AgentPort[] }, null];
  raise_links: [{ pid: number; interfaces: string[] }, null];
  port_states: [{ ports: string[] }, Record<string, string>];
  set_forwarding: [{ ports: string[]; forwarding: boolean }, ChangeTime];
  cut_wire: [{ port: string; key: string; at_ns: LabTime } & CutSort, ChangeTime];
  heal_wire: [{ port: string; key: string; interface: string; pid: number; at_ns: LabTime }, ChangeTime];
  add_filter: [
    { key: string; port: string } & Omit<FrameFilter, 'port'> & { number: number | null },
    ChangeTime,
  ];
  remove_filter: [{ key: string }, null];
  /** How many frames it has dropped; null when it is not there. */
  filter_dropped: [{ key: string }, number | null];
  wire_state: [{ port: string }, WireState | null];
  crash: [{ ports: string[]; pids: number[] }, ChangeTime & { killed_ns: LabTime }];
  container_processes: [{ container_id: string }, ProcessInfo[]];
  kill_named: [
    { container_id: string; name: string; signal_name: string },
    ChangeTime & { processes: ProcessInfo[] },
  ];
  alive: [{ pids: number[] }, number[]];
  hang: [{ container_ids: string[]; name: string | null }, ChangeTime & { processes: ProcessInfo[] }];
  resume: [{ container_ids: string[]; name: string | null }, null];
  shut_down: [
    { nodes: { pid: number; ports: string[] }[]; timeout_s: number },
    ChangeTime & { living: number[] },
  ];
  hold_service: [{ pid: number; name: string }, boolean];
  start_service: [{ pid: number; name: string }, boolean];
  /** Whether the node's supervisor has such a service. */
  has_service: [{ pid: number; name: string }, boolean];
  watch_addresses: [{ node: string; pid: number }, null];
  held_addresses: [Record<string, never>, Record<string, string[]>];
  address_events: [{ since_ns: LabTime }, AddressEvent[]];
  /** When it is not known how the addresses of a node changed, as far as that was not over at this moment. */
  address_gaps: [{ since_ns: LabTime }, AddressGap[]];
  addresses_of: [{ pid: number }, NodeAddress[]];
  /** Whoever of the nodes `others` holds it already does not count as having taken it up. */
  remove_address: [
    { key: string; pid: number; interface: string; address: string; others: number[] },
    ChangeTime & { removed: string[] },
  ];
  /** Of what was removed under `key`, what none of these nodes has taken up. */
  missing_addresses: [{ key: string; pids: number[] }, string[]];
  /** Answers what it had to put back. */
  restore_address: [AddressRestoring, string[]];
  /**
   * The advertisements of a virtual router that pass in the network namespaces of these processes, the last of each
   * sender; until every node of `awaited` heard one. `address` decides where several share the VRID.
   */
  hear_adverts: [
    {
      listeners: { node: string; pid: number }[];
      vrid: number;
      address: string;
      awaited: string[];
      timeout_s: number;
    },
    HeardAdvert[],
  ];
  /** The next one of a master; of one that enters at this port of the fabric, in this family (4 by default). */
  next_advert: [{ vrid: number; timeout_s: number; port?: string; family?: 4 | 6 }, LabTime | null];
  watch_conntrack: [{ node: string; pid: number }, null];
  conntrack_fillings: [{ since_ns: LabTime }, ConntrackFilling[]];
  has_program: [{ pid: number; name: string }, boolean];
  /** With the node's own links followed, never out of it. */
  read_node_file: [{ pid: number; path: string }, string];
  /** The names in it; null where there is no such folder. */
  list_node_folder: [{ pid: number; path: string }, string[] | null];
  /** In bytes; null where there is no such file. */
  node_file_size: [{ pid: number; path: string }, number | null];
  /** The local ports of a node's UDP sockets over IPv4. */
  udp_ports: [{ pid: number }, number[]];
  /** The keepalived daemons of a node without their children, and the folder that each runs in. */
  running_keepalived: [{ container_id: string }, (ProcessInfo & { folder: string })[]];
  /** The keepalived `pid` writes its dump, to `path` if its configuration says so; what it takes is between the times. */
  dump_keepalived: [
    { container_id: string; pid: number; path: string | null; timeout_s: number },
    ChangeTime & { text: string },
  ];
  /** Removes, then writes: each file whole or not at all; `files` is content by absolute path. */
  write_node_files: [
    { pid: number; files: Readonly<Record<string, string>>; remove: readonly string[] },
    null,
  ];
  /** By the service of that name; answers when a process of that name runs. */
  start_daemon: [{ container_id: string; pid: number; name: string; timeout_s: number }, null];
  /** Only to processes that handle the signal; there may be none. */
  signal_named: [
    { container_id: string; name: string; signal_name: string },
    ChangeTime & { processes: ProcessInfo[] },
  ];
  /** SIGTERM; answers when no process of that name is left. */
  end_daemon: [{ container_id: string; name: string; timeout_s: number }, null];
  /** Those that live and are not stopped. */
  responsive: [{ pids: number[] }, number[]];
  /** A program of the node's own, with the node's own rights: the engine starts it (`docker exec`). */
  run_in_node: [
    { container_id: string; argv: readonly string[]; timeout_s: number },
    ChangeTime & { status: number; stdout: string; stderr: string },
  ];
  /** Signals every process of a session of a node, if a signal is given; answers those that were found alive. */
  signal_session: [{ container_id: string; session: number; signal_name: string | null }, number[]];
  start_capture: [
    { name: string; bridges: string[]; capture_filter: string; snap_bytes: number; most_packets: number },
    null,
  ];
  stop_capture: [{ name: string }, CaptureFile[]];
  start_probe: [
    { name: string; pid: number; program: string; params: object; timeout_s: number },
    Record<string, unknown>,
  ];
  ask_probe: [{ name: string; request: object; timeout_s: number }, Record<string, unknown>];
  stop_probe: [{ name: string; timeout_s: number }, Record<string, unknown>];
  end_probe: [{ name: string }, null];
  read_file: [{ path: string; offset: number }, { data: string; size: number }];
  remove_file: [{ path: string }, null];
  watch_pressure: [Record<string, never>, null];
  pressure: [{ since_ns: LabTime }, PressureSample[]];
  /** Address events, fillings and samples that were over before this moment will not be asked for any more. */
  forget: [{ before_ns: LabTime }, null];
}

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/** A way to the agent: what it is told, what it says, and the end of it. */
export interface AgentChannel {
  stdin: Writable;
  stdout: Readable;
  /** The last that the other end said on its standard error. */
  stderr(): string;
  /** Settles when the channel is closed from the other end. */
  closed: Promise<unknown>;
  close(): void;
}

/** The connection to the agent inside a lab's fabric: JSON lines in both directions. */
export class FabricAgent {
  readonly #channel: AgentChannel;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #closed: Error | undefined;
  /** Settles with the reason when the connection ends that nobody here has closed. */
  readonly closed: Promise<Error>;
  /** The lab's epoch: what every LabTime counts from, in ns since 1970. */
  epoch_ns = 0n;

  private constructor(channel: AgentChannel) {
    this.#channel = channel;
    const lines = createInterface({ input: channel.stdout });
    lines.on('line', (line) => this.#take(line));
    // It passes on what its input meets: that is told by `closed`.
    lines.on('error', () => undefined);
    // A write to an agent that is gone is told by `closed`.
    channel.stdin.on('error', () => undefined);
    this.closed = channel.closed.then(() => {
      const last = channel.stderr().trim().split('\n').at(-1);
      const error = new EnvironmentError(`the connection to the fabric ended${last ? `: ${last}` : ''}`);
      this.#fail(error);
      return error;
    });
  }

  /** Speaks to the agent of a lab that is up, beside whoever else does. */
  static async connect(engine: Engine, container_id: string): Promise<FabricAgent> {
    const relay = await attachExec(engine.docker.getContainer(container_id), RELAY);
    return FabricAgent.over({ ...relay, closed: relay.exited });
  }

  /** @throws EnvironmentError when the agent does not answer. */
  static async over(channel: AgentChannel): Promise<FabricAgent> {
    const agent = new FabricAgent(channel);
    const { epoch_ns } = await agent.call('hello', {});
    agent.epoch_ns = BigInt(epoch_ns);
    return agent;
  }

  /**
   * Asks for one operation.
   * @throws EnvironmentError with the agent's own words; DeadlineError after `timeout_ms`.
   */
  async call<Name extends keyof AgentOperations>(
    op: Name,
    args: AgentOperations[Name][0],
    timeout_ms = DEFAULT_TIMEOUT_MS,
  ): Promise<AgentOperations[Name][1]> {
    if (this.#closed) throw this.#closed;
    const id = this.#nextId++;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#channel.stdin.write(`${JSON.stringify({ id, op, args })}\n`);
    const result = await withDeadline(`the fabric's answer to '${op}'`, timeout_ms, answer);
    return result as AgentOperations[Name][1];
  }

  /** A whole file that the fabric wrote. */
  async readFile(path: string): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.filePieces(path)) parts.push(part);
    return Buffer.concat(parts);
  }

  /** The same in pieces, for one that is large. */
  async *filePieces(path: string): AsyncGenerator<Buffer> {
    let offset = 0;
    for (;;) {
      const { data, size } = await this.call('read_file', { path, offset });
      const piece = Buffer.from(data, 'base64');
      offset += piece.length;
      yield piece;
      if (piece.length === 0 || offset >= size) return;
    }
  }

  close(): void {
    this.#closed ??= new EnvironmentError('the connection to the fabric was closed');
    this.#channel.stdin.end();
    this.#channel.close();
  }

  #take(line: string): void {
    const answer = JSON.parse(line) as { id: number; result?: unknown; error?: string };
    // It asks whether this process is still there.
    if (answer.id === 0) return void this.call('hello', {}).catch(() => undefined);
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (answer.error === undefined) pending?.resolve(answer.result);
    else pending?.reject(new EnvironmentError(answer.error));
  }

  #fail(error: Error): void {
    this.#closed ??= error;
    for (const pending of this.#pending.values()) pending.reject(this.#closed);
    this.#pending.clear();
  }
}
