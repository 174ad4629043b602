import type { TableMoment } from './dhcp-facts.ts';

/** A DHCP server's lease table at one moment of a trial, held against what was granted on the wire until then. */
export interface LeaseTableRecord {
  when: TableMoment;
  node: string;
  host: string;
  network: string;
  /** The network was bound to this agent. */
  bound: boolean;
  /** Counts; absent when the table could not be read, because its node was down. */
  leases?: LeaseCounts;
}

export interface LeaseCounts {
  lines: number;
  /** Leases that this server granted last, and how many of them its table has with the end that it promised. */
  own: number;
  own_written: number;
  /** Leases that another server granted last. Of these its table has: */
  others: number;
  /** with the end that the other promised: it learned of the grant; */
  others_written: number;
  /** without an end: the line that was there when it started; */
  others_initial: number;
  /** with an end of its own making: it granted that itself, before; */
  others_older: number;
  /** not at all. */
  others_unknown: number;
}

/** What a cluster said of itself at one moment of a trial, by crm_mon(8). */
export interface ClusterRecord {
  when: TableMoment;
  cluster: string;
  /** What a member said; absent when none answered. */
  said?: ClusterWord;
}

export interface ClusterWord {
  /** The member that said it. */
  by: string;
  /** The member that decides (designated controller); absent when there was none. */
  dc?: string;
  with_quorum: boolean;
  /** Member to what it was: `online`, `offline`, `standby`, `pending`, `unclean`, `maintenance`. */
  nodes: Record<string, string>;
  resources: {
    id: string;
    role: string;
    nodes: string[];
    failed: boolean;
    blocked: boolean;
    /** A device by which members are turned off. */
    fencing?: true;
  }[];
  /** One sentence each. */
  failures: string[];
}
