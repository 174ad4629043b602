import { z } from 'zod';
import type { LabTime } from '../ground/time.ts';
import type {
  AddressEvent,
  AddressGap,
  ConntrackFilling,
  PowerEvent,
  PressureSample,
} from '../journal/trial-facts.ts';

/** A moment, in ns after the lab's epoch. */
export const labTime: z.ZodType<LabTime, LabTime> = z.int();

/** A wire's end as the agent plugs it. */
export const agentPort = z.object({
  /** Interface name in the fabric. */
  port: z.string(),
  /** Bridge in the fabric. */
  bridge: z.string(),
  /** Interface name in the node. */
  interface: z.string(),
  mac: z.string(),
  ipv4: z.string().exactOptional(),
  ipv6: z.string().exactOptional(),
  mtu: z.int().exactOptional(),
});
export type AgentPort = z.input<typeof agentPort>;

/** When a change was made: between two clock readings right around the system call. */
export const changeTime = z.object({ before_ns: labTime, after_ns: labTime });
export type ChangeTime = z.infer<typeof changeTime>;

export const processInfo = z.object({
  pid: z.int(),
  ppid: z.int(),
  name: z.string(),
  argv: z.array(z.string()),
  state: z.string(),
  start_ticks: z.int(),
});
export type ProcessInfo = z.infer<typeof processInfo>;

export const processesChanged = z.object({ ...changeTime.shape, processes: z.array(processInfo) });

/** What the kernel says of the processor time of a node. */
export const processorLimit = z.object({
  /** In each period; null where there is no limit. */
  quota_us: z.int().nullable(),
  period_us: z.int(),
  /** In how many periods it was held back, since it runs. */
  throttled: z.int(),
});
export type ProcessorLimit = z.infer<typeof processorLimit>;

/** How many files a process has open, and how many it may have (getrlimit(2), the soft limit). */
export const descriptorLimit = z.object({
  pid: z.int(),
  start_ticks: z.int(),
  open: z.int(),
  /** -1: as many as it likes. */
  limit: z.int(),
});
export type DescriptorLimit = z.infer<typeof descriptorLimit>;

export const captureFile = z.object({
  bridge: z.string(),
  path: z.string(),
  /** Packets that the kernel could not hand over: more than 0 makes the capture incomplete. */
  dropped: z.int(),
  /** It had as many packets as it may have, and ended early. */
  full: z.boolean(),
});

const DIRECTIONS = ['both', 'from', 'to'] as const;
export const direction = z.enum(DIRECTIONS);

/** What a cut stops: both directions, what comes from the node, or what goes to it; the carrier, or not. */
export type CutSort =
  | { kind: 'frames'; direction: (typeof DIRECTIONS)[number] }
  | { kind: 'carrier'; direction: 'both' };

/** What a rule may single frames out by. */
export const PROTOCOLS = ['any', 'arp', 'icmp', 'tcp', 'udp', 'vrrp'] as const;

/** Which frames of a wire something is done to, and what. */
export const frameRule = z.object({
  protocol: z.enum(PROTOCOLS),
  /** At either end; null: any. */
  number: z.int().nullable(),
  direction,
  /** How many of 10,000, each at random. */
  per_10000: z.int(),
  action: z.enum(['drop', 'duplicate', 'corrupt']),
  /** What the node sends is met before its bridge sees it, and not once for each receiver. */
  at_entry: z.boolean(),
  /** Bytes from the network header on; 0: of any length. */
  longer_than: z.int(),
});
export type FrameRule = z.infer<typeof frameRule>;

/** A queueing discipline as tc(8) shows it. */
export const discipline = z.object({
  device: z.string(),
  kind: z.string(),
  packets: z.int(),
  dropped: z.int(),
  waiting: z.int(),
  over_limit: z.int(),
});

const flag = z.boolean().nullable();

/** A bridge port as bridge(8) shows it. A flag that the kernel does not know is null. */
export const wireState = z.object({
  /** null before the port is on its bridge. */
  state: z.string().nullable(),
  learning: flag,
  unicast_flood: flag,
  multicast_flood: flag,
  broadcast_flood: flag,
  locked: flag,
  carrier: z.boolean(),
  /** MAC addresses that the bridge has learned behind it. */
  learned: z.array(z.string()),
});
export type WireState = z.infer<typeof wireState>;

/** An address at an interface of a node. */
export const nodeAddress = z.object({
  interface: z.string(),
  address: z.string(),
  /** Its network's length in bits. */
  prefix: z.int(),
});
export type NodeAddress = z.infer<typeof nodeAddress>;

/** A VRRP advertisement as it passed at a node. */
export const heardAdvert = z.object({
  node: z.string(),
  /** The node sent it itself. */
  sent: z.boolean(),
  interface: z.string(),
  /** Its sender's. */
  mac: z.string(),
  source: z.string(),
  family: z.union([z.literal(4), z.literal(6)]),
  vrid: z.int(),
  priority: z.int(),
  /** The interval that it announces, in ms. */
  advert_ms: z.number(),
  /** Those that it names: not all, where some are excluded from it. */
  addresses: z.array(z.string()),
});
export type HeardAdvert = z.infer<typeof heardAdvert>;

/** A router advertisement of IPv6 that a node sent. */
export const routerAdvert = z.object({
  node: z.string(),
  /** Its link-local address. */
  source: z.string(),
  /** 0: it is not a default router, or no longer (RFC 4861 §4.2). */
  lifetime_s: z.int(),
});
export type RouterAdvert = z.infer<typeof routerAdvert>;

export const addressEvent: z.ZodType<AddressEvent> = z.object({
  at_ns: labTime,
  node: z.string(),
  change: z.enum(['added', 'removed']),
  address: z.string(),
});

/** What switches the power of a host: its end of the wire has `mac` and `address`. */
export const agentBmc = z.object({
  host: z.string(),
  bridge: z.string(),
  port: z.string(),
  mac: z.string(),
  address: z.string(),
  /** From its being asked to the moment at which the power is gone. */
  off_after_s: z.number(),
});

/** A node of a host that a BMC switches, and what makes it whole again when it is started. */
export const machineNode = z.object({
  node: z.string(),
  container_id: z.string(),
  ports: z.array(agentPort),
  /** Its addresses are noted. */
  watched: z.boolean(),
  commands: z.array(z.array(z.string())),
});

export const powerEvent: z.ZodType<PowerEvent> = z.object({
  host: z.string(),
  nodes: z.array(z.string()),
  act: z.enum(['off', 'on']),
  by: z.string(),
  asked_ns: labTime,
  changed: z.boolean(),
  before_ns: labTime.nullable(),
  after_ns: labTime.nullable(),
  done_ns: labTime.nullable(),
});

export const addressGap: z.ZodType<AddressGap> = z.object({
  node: z.string(),
  from_ns: labTime,
  to_ns: labTime.nullable(),
});

export const conntrackFilling: z.ZodType<ConntrackFilling> = z.object({
  node: z.string(),
  first_ns: labTime,
  last_ns: labTime,
  entries: z.int(),
  complete: z.boolean(),
});

export const pressureSample: z.ZodType<PressureSample> = z.object({
  at_ns: labTime,
  overslept_ns: z.int(),
  ticks: z.record(z.string(), z.int()),
  waiting_us: z.int().nullable(),
  running: z.int(),
  neighbours_refused: z.int().nullable(),
});
