import type { LabTime } from '../ground/time.ts';

/** What is known of the DHCP agents of a trial, besides what the wire shows. */
export interface DhcpFacts {
  /** Every place where an agent may serve a network, in order of the topology file. */
  places: DhcpPlace[];
  tables: LeaseTableFacts[];
  rescheduling: ReschedulingFacts;
}

export interface DhcpPlace {
  node: string;
  host: string;
  network: string;
  /** Its address, by which its server identifies itself (option 54). */
  server: string;
  /** The network was bound to it when the trial began. */
  bound: boolean;
}

/** When lease tables are read: right before the fault, before healing, and at the end of the trial. */
export const TABLE_MOMENTS = ['before', 'during', 'after'] as const;
export type TableMoment = (typeof TABLE_MOMENTS)[number];

/** A server's lease table at one moment. */
export interface LeaseTableFacts {
  when: TableMoment;
  at_ns: LabTime;
  node: string;
  /** Name in the trial's folder; undefined when it could not be read. */
  file?: string;
  /** The network was bound to it at this moment. */
  bound: boolean;
}

export interface ReschedulingFacts {
  /** Whether networks of dead agents are moved (allow_automatic_dhcp_failover). */
  enabled: boolean;
  agent_down_ms: number;
  report_interval_ms: number;
  moves: NetworkMove[];
}

/** A network that was taken from a dead agent. */
export interface NetworkMove {
  at_ns: LabTime;
  network: string;
  from_host: string;
  /** null when no other host could take it. */
  to_host: string | null;
}
