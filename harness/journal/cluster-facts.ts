import type { LabTime } from '../ground/time.ts';
import type { TableMoment } from './dhcp-facts.ts';

/** What is known of a Pacemaker cluster in a trial, besides what the wire and the kernel show. */
export interface ClusterFacts {
  name: string;
  members: ClusterMember[];
  /** Its configuration (CIB) before the fault, as cibadmin(8) shows it, passwords masked: name in the trial's folder. */
  cib?: string;
  vips: ClusterVip[];
  views: ClusterViewFacts[];
  /** What each member's alert agent wrote down, up to the end of the trial: names in the trial's folder. */
  alerts: { node: string; file: string }[];
  /** What each member's Pacemaker logged of fencing in the trial: names in the trial's folder; absent in records of before. */
  fencing_logs?: { node: string; file: string }[];
}

export interface ClusterMember {
  node: string;
  /** Of its wires' ends. */
  macs: string[];
  /** Its corosync.conf as the daemon reads it, a key masked; undefined when it can't be read. */
  corosync_conf?: string;
}

/** An address that the cluster moves. */
export interface ClusterVip {
  /** Id of the resource that stands for it. */
  resource: string;
  address: string;
  /** The member that held it before the fault, by the kernel's word. */
  owner?: string;
}

/** What crm_mon(8) said at one moment. */
export interface ClusterViewFacts {
  when: TableMoment;
  at_ns: LabTime;
  /** The member that said it, and what it said: name in the trial's folder. Both undefined when none answered. */
  node?: string;
  file?: string;
}
