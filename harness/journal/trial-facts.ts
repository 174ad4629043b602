import type { LabTime } from '../ground/time.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import type { DhcpFacts } from './dhcp-facts.ts';
import type { DnsmasqFacts } from './dnsmasq-facts.ts';
import type { AuditRecord, FaultRecord } from './journal.ts';

/**
 * What was done and seen in one trial, before any number is made of it. Together with the captures and the
 * probes' records of the same folder it is all that a trial's part of the journal is computed from.
 */
export const TRIAL_FACTS_SCHEMA = 'hadrill.trial/1';

export interface TrialFacts {
  schema: typeof TRIAL_FACTS_SCHEMA;
  index: number;
  /** The lab's epoch: what every LabTime counts from, in ns since 1970, as decimal digits. */
  epoch_ns: string;
  faults: FaultRecord[];
  /** undefined when the trial did not get as far. */
  fault?: FaultFacts;
  /** What was broken after it, in this order. */
  later_faults?: FaultFacts[];
  windows?: TrialWindows;
  routers: RouterFacts[];
  /** From the fault on. */
  address_events: AddressEvent[];
  /** From the start of the measuring on; absent where there is none, and in records of before. */
  address_gaps?: AddressGap[];
  conntrack_fillings: ConntrackFilling[];
  /** Machines that were switched off or on from the start of the trial on; absent where none was, and in records of before. */
  power_events?: PowerEvent[];
  /** Of routers whose address was taken; absent where no table could be read, and in records of before. */
  conntrack_handovers?: ConntrackHandover[];
  /** From before the fault to the end. */
  pressure: PressureSample[];
  captures: CaptureFacts[];
  audits: AuditRecord[];
  /** Of labs with DHCP agents. */
  dhcp?: DhcpFacts;
  /** Of labs with dnsmasq that have a configuration of their own. */
  dnsmasq?: DnsmasqFacts[];
  /** Of labs with Pacemaker clusters. */
  clusters?: ClusterFacts[];
  /** Of systems without a key of their own above, by name: what each noted, in the shape that it declares. */
  systems?: Record<string, unknown>;
  /** How long the moment of the fault, which the seed sets, was waited for, in ms. */
  pause_ms?: number;
  wall_ms?: number;
  watched?: Watched;
  /** What failed whatever the probes' numbers are, such as a deadline that passed: one sentence each. */
  failures?: string[];
  /** What a reader must know beside the numbers: one sentence each. */
  notes?: string[];
  /** What kept the trial from being measured, for people. */
  trouble?: string;
  /** Whether all that was broken was seen healed, of a trial with trouble; absent in records of before. */
  mended?: boolean;
}

/** Without what systems under test noted of themselves. */
export type CommonFacts = Omit<TrialFacts, 'routers' | 'dhcp' | 'dnsmasq' | 'clusters' | 'systems'>;

/** When the phases of a trial were, on the lab's clock. */
export interface TrialWindows {
  /** The fault's system call. */
  fault_ns: LabTime;
  /** The earliest that it may have had an effect: before that call. As `fault_ns` where it is not known. */
  fault_from_ns?: LabTime;
  /** When healing began. */
  heal_ns: LabTime;
  /** When it was seen done. */
  healed_ns: LabTime;
  /** The end of the trial. */
  end_ns: LabTime;
}

export interface FaultFacts {
  label: string;
  /** Clock readings right around the system call. */
  before_ns: LabTime;
  after_ns: LabTime;
  /** Nodes that it takes part of; absent in records of before. */
  victims?: string[];
  /** What it was aimed at; absent in records of before. */
  aim?: FaultAim;
  /** How its victims leave their virtual routers; undefined when they stay. */
  departure?: 'abrupt' | 'graceful';
  /** Whether its victims stop forwarding with it. */
  stops_forwarding: boolean;
  /** The node that held each virtual router's address when it was applied; absent in records of before. */
  owners?: Record<string, string>;
  /** What a check of the victims may look at, and is lost. */
  loss?: Loss;
  /** The wires on which it loses every frame, both ways; absent where there is none, and in records of before. */
  cuts?: WireEnd[];
  /** What the processes were sent, of a fault of a process; absent in records of before. */
  signal?: string;
  /** For how long the fault kept them down before it had them started again, in ms; absent where it did not. */
  down_ms?: number;
  /** It keeps processes waiting for a processor by itself; absent where it does not. */
  holds_back?: true;
  /** When it was healed before the others: from the beginning to when it was seen done. */
  mended?: { from_ns: LabTime; until_ns: LabTime };
}

/** What a fault was aimed at, and what of its victims' processes it may have had end. */
export interface FaultAim {
  /** `processes`: those of that name; `any`: it may be any of the node; `none`: it does nothing to processes. */
  ends: 'processes' | 'any' | 'none';
  /** Names of processes, and of services that end with them; none but of `processes`. */
  names: string[];
}

/** What is lost with a fault that takes no node: a process by name, or an interface's carrier. */
export type Loss =
  | { node: string; kind: 'process'; name: string; how: 'kill' | 'hang' }
  | { node: string; kind: 'interface'; name: string };

/** A wire, by the end of it that is in a node. */
export interface WireEnd {
  node: string;
  interface: string;
}

/** What the members' timers asked a trial to wait for, in ms. */
export interface Watched {
  /** After the last fault: the longest time in which a second owner can appear. */
  second_owner_ms: number;
  /** How long was watched after healing; longer than the drill's hold where a fail-back was due. */
  rejoin_ms: number;
}

/** A virtual router before the fault. */
export interface RouterFacts {
  name: string;
  vrid: number;
  vip: string;
  /** The node that held the address. */
  owner?: string;
  members: RouterMember[];
}

export interface MemberWire {
  interface: string;
  segment: string;
  /** The node's own interface that its frames leave by, where a switch in the node is between them. */
  through?: string;
}

export interface RouterMember {
  node: string;
  /** Of its wires' ends. */
  macs: string[];
  /** Its wires: interface, and the segment that it leads to; absent in records of before. */
  wires?: MemberWire[];
  /** Its keepalived.conf as the daemon reads it, passwords masked; undefined when it can't be read. */
  keepalived_conf?: string;
  /** What its running daemon says of its own configuration (keepalived's dump on SIGUSR1); undefined when it says nothing. */
  keepalived_dump?: string;
  /** What its keepalived was started with, the program's name first; undefined when it does not run. */
  keepalived_argv?: string[];
  /** Why its daemon could not be asked; undefined when it was. */
  keepalived_trouble?: string;
}

export interface AddressEvent {
  at_ns: LabTime;
  node: string;
  change: 'added' | 'removed';
  address: string;
}

/** A machine's power, switched by its BMC, or by the harness in the BMC's stead. */
export interface PowerEvent {
  host: string;
  /** Its nodes. */
  nodes: string[];
  act: 'off' | 'on';
  /** Who asked: the address of the BMC's client, `harness` or `guard`. */
  by: string;
  /** When that was asked. */
  asked_ns: LabTime;
  /** It was not so before. */
  changed: boolean;
  /** Clock readings around it, and when it was seen done; null when it did not get as far. */
  before_ns: LabTime | null;
  after_ns: LabTime | null;
  done_ns: LabTime | null;
}

/** A stretch of time of which it is not known how a node's addresses changed: more did than the kernel had room to say. */
export interface AddressGap {
  node: string;
  from_ns: LabTime;
  /** null when it had not ended. */
  to_ns: LabTime | null;
}

/** A stretch of time in which a program put entries into a node's connection table. */
export interface ConntrackFilling {
  node: string;
  first_ns: LabTime;
  last_ns: LabTime;
  entries: number;
  /** Nothing that the kernel said was missed. */
  complete: boolean;
}

/** What the kernel of a new master had, before healing, of the sessions that its predecessor's had before the fault. */
export interface ConntrackHandover {
  router: string;
  from: string;
  to: string;
  /** Established ones of the predecessor. */
  sessions: number;
  /** Those that the new master had, with the same translation. */
  same: number;
  /** Those that it had with another, and the first few. */
  otherwise: { count: number; such_as: string[] };
  lacking: { count: number; such_as: string[] };
}

export interface PressureSample {
  at_ns: LabTime;
  /** The latest that the fabric was woken since the sample before, in ns after its time. */
  overslept_ns: number;
  /** Clock ticks since boot by kind: user, system, idle, steal, ... (proc(5)). */
  ticks: Record<string, number>;
  /** How long some process was kept waiting for a processor, in us since boot; null where the kernel keeps no count. */
  waiting_us: number | null;
  /** Processes that ran or wanted to at this moment. */
  running: number;
  /**
   * How often since boot the kernel had no room for another neighbour, of either family; null where it keeps no count, absent in
   * records of before.
   */
  neighbours_refused?: number | null;
}

export interface CaptureFacts {
  segment: string;
  /** Name in the trial's folder. */
  file: string;
  /** Packets that the kernel could not hand over. */
  dropped: number;
  /** It reached its limit and ended early. */
  full: boolean;
}
