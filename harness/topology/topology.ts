import type { InputProblem } from '../ground/errors.ts';

/** The resolved form of a containerlab file: defaults, kinds and groups merged, every reference checked. */
export interface Topology {
  name: string;
  /** containerlab's `prefix`; undefined = the default prefix. */
  prefix: string | undefined;
  /** Absolute path of the file. */
  file: string;
  /** Containers to start, in file order. Nodes that only carry bridges are played by the fabric and are not here. */
  nodes: TopologyNode[];
  bridges: TopologyBridge[];
  wires: Wire[];
  /** What of the file is ignored, and changes nothing of what the lab is. */
  notes?: InputProblem[];
}

/** A layer-2 segment; lives in the fabric. */
export interface TopologyBridge {
  /** As written in the file: `in|fabric` or `br-in`. */
  id: string;
  /** Interface name in the fabric: `in`. */
  name: string;
  mtu: number | undefined;
}

export interface TopologyNode {
  name: string;
  /** The physical host it runs on (label `hadrill.host`); its own name when the label is absent. */
  host: string;
  image: string;
  cmd: string[] | undefined;
  entrypoint: string[] | undefined;
  env: Record<string, string>;
  binds: Bind[];
  exec: string[][];
  labels: Record<string, string>;
  sysctls: Record<string, string>;
  cap_add: string[];
  /** What of the engine's own protection is off for the node; left out where nothing is. */
  security_opts?: readonly SecurityOpt[];
  startup_delay_ms: number;
  healthcheck: Healthcheck | undefined;
  stages: StageRule[];
  stage_execs: StageExec[];
  memory_bytes: number | undefined;
  shm_bytes: number | undefined;
  cpus: number | undefined;
  user: string | undefined;
  /** Virtual routers that this node takes part in: from labels `hadrill.vr.NAME: VRID/VIP`. */
  virtual_routers: VirtualRouterMember[];
  /** The network whose DHCP agent has its place here: from label `hadrill.dhcp`. */
  dhcp_network: string | undefined;
  /** Absolute path of the file that says what networks there are: from label `hadrill.networks`. */
  networks_file: string | undefined;
  /** The Pacemaker cluster that the node is a member of: from label `hadrill.cluster`. */
  cluster: string | undefined;
  /** What switches the power of the node's host: from label `hadrill.bmc`. One node of a host has it. */
  bmc?: TopologyBmc;
}

/** A baseboard management controller, which the fabric plays. */
export interface TopologyBmc {
  /** `TopologyBridge.name` of the network that it is on. */
  bridge: string;
  /** Its own, of IPv4, with prefix length. */
  address: string;
  /** From its being asked to turn the host off to the moment at which the power is gone, in ms; left out: at once. */
  off_after_ms?: number;
}

export interface Bind {
  /** Absolute path on the machine that has the topology file. */
  source: string;
  target: string;
  read_only: boolean;
}

/** Docker's healthcheck; times in ms. */
export interface Healthcheck {
  test: string[];
  start_period_ms: number;
  interval_ms: number;
  timeout_ms: number;
  retries: number;
}

/** A node with SYS_ADMIN may mount; AppArmor's profile and SELinux's label forbid it all the same. */
export const SECURITY_OPTS = ['apparmor=unconfined', 'label=disable'] as const;
export type SecurityOpt = (typeof SECURITY_OPTS)[number];

export const STAGES = ['create', 'create-links', 'configure', 'healthy', 'exit'] as const;
export type Stage = (typeof STAGES)[number];

/** This node may enter `enters` only after `node` has finished `stage`. */
export interface StageRule {
  enters: Stage;
  node: string;
  stage: Stage;
}

/** A command run inside the node when it enters or leaves a stage. */
export interface StageExec {
  stage: Stage;
  phase: 'on-enter' | 'on-exit';
  command: string[];
}

export interface VirtualRouterMember {
  /** The name that targets use: `master(NAME)`. */
  name: string;
  vrid: number;
  /** The address that the master holds. */
  vip: string;
}

/** One cable. Both ends are node interfaces, or one is a bridge port. */
export interface Wire {
  a: NodeEndpoint;
  b: NodeEndpoint | BridgeEndpoint;
  mtu: number | undefined;
}

export interface NodeEndpoint {
  kind: 'node';
  node: string;
  interface: string;
  mac: string | undefined;
  ipv4: string | undefined;
  ipv6: string | undefined;
}

export interface BridgeEndpoint {
  kind: 'bridge';
  /** `TopologyBridge.id`. */
  bridge: string;
  /** Name of the port in the fabric, as written in the file. */
  port: string;
}
