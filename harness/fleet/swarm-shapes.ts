/** What the engine answers about its swarm, as far as it matters here (Docker Engine API 1.41). */

/** `GET /info`, `.Swarm`. */
export interface SwarmInfo {
  LocalNodeState?: string;
  ControlAvailable?: boolean;
  Error?: string;
  RemoteManagers?: { Addr: string }[] | null;
}

/** `GET /nodes`. */
export interface SwarmNode {
  ID: string;
  Spec: { Availability: string; Labels?: Record<string, string> | null };
  Description: { Hostname: string };
  Status: { State: string; Message?: string };
}

/** `GET /tasks`. */
export interface SwarmTask {
  ID: string;
  ServiceID: string;
  NodeID?: string;
  DesiredState: string;
  Status: {
    State: string;
    Message?: string;
    Err?: string;
    ContainerStatus?: { ExitCode?: number } | null;
  };
}

/** `GET /services`. */
export interface SwarmService {
  ID: string;
  CreatedAt: string;
  Spec: { Name: string; Labels?: Record<string, string> | null };
}
