/** What a member of a Pacemaker cluster believes of it at one moment. */
export interface ClusterState {
  /** The node that decides; undefined while there is none. */
  dc?: string;
  with_quorum: boolean;
  nodes: ClusterNode[];
  resources: ClusterResource[];
  failures: ClusterFailure[];
  fail_counts: { node: string; resource: string; count: number }[];
  operations: ClusterOperation[];
}

export interface ClusterNode {
  name: string;
  online: boolean;
  standby: boolean;
  maintenance: boolean;
  pending: boolean;
  unclean: boolean;
  is_dc: boolean;
  resources_running: number;
}

/** A resource; all instances of a cloned one together. */
export interface ClusterResource {
  /** Without the number of an instance. */
  id: string;
  /** The clone or bundle that it is in. */
  clone?: string;
  agent: string;
  /** `Started`, `Stopped`, `Promoted` …; where instances differ, each role once: `Promoted, Unpromoted`. */
  role: string;
  /** The role that is set for it, where one is set. */
  target_role?: string;
  /** Every instance runs. */
  active: boolean;
  failed: boolean;
  blocked: boolean;
  /** Still running, but gone from the configuration. */
  orphaned: boolean;
  managed: boolean;
  nodes: string[];
}

/** A failed operation on record. */
export interface ClusterFailure {
  node: string;
  operation: string;
  resource: string;
  exit_status: string;
  exit_reason: string;
}

/** An operation of a resource agent that a node remembers. */
export interface ClusterOperation {
  node: string;
  resource: string;
  call: number;
  task: string;
  /** 0: not repeated. */
  interval_ms: number;
  rc: number;
  rc_text: string;
  exec_ms: number;
  queue_ms: number;
  /** In whole seconds, as crm_mon writes it. */
  last_change?: string;
}
