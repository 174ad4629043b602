import { canonicalAddress } from '../../../topology/addresses.ts';

/** A vrrp_instance as keepalived runs it, its defaults filled in. */
export interface VrrpInstance {
  name: string;
  family: 4 | 6;
  /** What it starts as; undefined where only the running daemon was asked, which keeps the state it has got to. */
  state: 'MASTER' | 'BACKUP' | undefined;
  /** What it was when its daemon was asked; undefined where the file was read. */
  running_state?: string;
  /** The one that adverts are sent on, a VMAC's base interface. May be left out with unicast peers. */
  interface: string | undefined;
  /** 1 to 255. */
  virtual_router_id: number;
  /** As configured, 1 to 255. */
  priority: number;
  /** With the weights of what it tracked when its daemon was asked, 1 to 255; undefined where the file was read. */
  effective_priority?: number;
  /** Its own, as run: whole seconds with v2, steps of 10 ms with v3. */
  advert_int_ms: number;
  /** Of the master that it hears, VRRPv3 (RFC 5798 §6.4.2); undefined where it is not a backup or the file was read. */
  master_advert_int_ms?: number;
  /** Of the master that it hears; undefined where it is not a backup or the file was read. */
  master_priority?: number;
  version: 2 | 3;
  /** In effect: keepalived drops it when the state is MASTER or the priority 255. */
  nopreempt: boolean;
  /** How long after its start it leaves a master of lower priority alone; 0 where nothing says so. */
  preempt_delay_ms: number;
  /** How many adverts may stay away, 1 to 100. */
  down_timer_adverts: number;
  unicast_peers: string[];
  /** Its sync group, whose members change their state together. */
  sync_group: string | undefined;
  use_vmac: boolean;
  /** Of VRRPv2. */
  authentication: 'none' | 'PASS' | 'AH';
  /** With prefix length: /32 or /128 where none is written. */
  virtual_ipaddress: string[];
  virtual_ipaddress_excluded: string[];
  /** What it looks at, its own interface and what its sync group looks at included. */
  tracks: VrrpTrack[];
}

interface TrackBase {
  /** Of the vrrp_script, vrrp_track_process, track_file or bfd_instance; of an interface its own. */
  name: string;
  /**
   * Added to the priority, -253 to 253: a positive one while all is well, a negative one while it isn't.
   * 0: the instance is in state FAULT while it isn't. Of a file: what its number is multiplied with.
   * As in effect: a sync group takes away its members' weights, an address's interface counts with 0.
   */
  weight: number;
  /** The weight's sign is turned. */
  reverse: boolean;
  /** Whether all was well when the daemon was asked; undefined where it does not say so. */
  up?: boolean;
}

export interface ScriptTrack extends TrackBase {
  kind: 'script';
  command: string;
  interval_ms: number;
  /** How long a run may take before it counts as failed. */
  timeout_ms: number;
  /** How many good runs make it good, 1 or more. */
  rise: number;
  /** How many bad runs make it bad, 1 or more. */
  fall: number;
}

export interface ProcessTrack extends TrackBase {
  kind: 'process';
  /** The process's name or path, with its parameters where they count. */
  process: string;
  /** How many must run at least. */
  quorum: number;
  /** How many may run at most. */
  quorum_max: number | undefined;
  /** How long after the process is there again it counts. */
  fork_delay_ms: number;
  /** How long after its end it still counts. */
  terminate_delay_ms: number;
}

export interface FileTrack extends TrackBase {
  kind: 'file';
  file: string;
}

export interface InterfaceTrack extends TrackBase {
  kind: 'interface';
}

export interface BfdTrack extends TrackBase {
  kind: 'bfd';
}

/** What an instance's priority or state depends on. */
export type VrrpTrack = ScriptTrack | ProcessTrack | FileTrack | InterfaceTrack | BfdTrack;

/** An instance, or why there is none: a clause that follows the node's name. */
export type FoundInstance =
  | { instance: VrrpInstance; why?: undefined }
  | { instance?: undefined; why: string };

/**
 * The instance of a virtual router: the one with its VRID that carries its address. One VRID may be used on several
 * interfaces, and for IPv4 and IPv6 (RFC 9568 §5.2.3), so the VRID alone says which only where one instance has it.
 */
export function instanceOf(
  instances: readonly VrrpInstance[],
  { vrid, vip }: { vrid: number; vip: string },
): FoundInstance {
  const sharing = instances.filter((one) => one.virtual_router_id === vrid);
  const carrying = sharing.filter((one) => carries(one, vip));
  if (carrying.length === 1) return { instance: carrying[0]! };
  if (carrying.length > 1) return { why: `has ${carrying.length} instances with VRID ${vrid} and ${vip}` };
  if (sharing.length === 0) {
    const other = instances.find((one) => carries(one, vip));
    const but = other ? `: ${vip} is in instance ${other.name} with VRID ${other.virtual_router_id}` : '';
    return { why: `has no instance with VRID ${vrid}${but}` };
  }
  const names = sharing.map(({ name }) => name).join(', ');
  return { why: `has no instance with VRID ${vrid} that carries ${vip} (with this VRID: ${names})` };
}

/** Whether an instance puts an address up, as an advertised or as an excluded one. */
export function carries(instance: VrrpInstance, address: string): boolean {
  const wanted = canonicalAddress(address);
  return [...instance.virtual_ipaddress, ...instance.virtual_ipaddress_excluded].some(
    (one) => canonicalAddress(one) === wanted,
  );
}

/** An address with its prefix length, which keepalived takes to be the whole address where none is written. */
export function withPrefix(address: string): string {
  if (address.includes('/')) return address;
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

/** The highest priority that weights can lead to: 255 is the address owner's (RFC 9568 §5.2.4). */
const MOST_WEIGHTED = 254;

/**
 * Between which values the priority is that counts in an election and in the skew time: one value where the daemon
 * said it, or where nothing that it tracks has a weight; else whatever its weights may make of it.
 */
export function priorityRange(instance: VrrpInstance): { low: number; high: number } {
  const { priority, effective_priority, tracks } = instance;
  if (effective_priority !== undefined) return { low: effective_priority, high: effective_priority };
  let [low, high] = [priority, priority];
  for (const track of tracks) {
    // What a file says is multiplied with the weight, so it may be anything.
    const most = track.kind === 'file' && track.weight !== 0 ? MOST_WEIGHTED : Math.abs(track.weight);
    const either = track.kind === 'file' || track.reverse;
    if (either || track.weight > 0) high += most;
    if (either || track.weight < 0) low -= most;
  }
  const within = (value: number) => Math.max(1, Math.min(value, priority === 255 ? 255 : MOST_WEIGHTED));
  return { low: within(low), high: within(high) };
}
