/** What the Neutron server of a lab knows, from its networks file and the topology; checked. */
export interface Networks {
  /** Absolute path of the networks file. */
  readonly file: string;
  readonly settings: NetworkSettings;
  /** In the order of the file. */
  readonly networks: readonly Network[];
  /** One a place (a node with the label `hadrill.dhcp`), in the order of the topology. */
  readonly agents: readonly DhcpAgent[];
}

/** Options of Neutron's server and agents that a networks file can set; the defaults are Neutron's own. */
export interface NetworkSettings {
  /** How many hosts serve a network at the same time: 1 or more. */
  readonly dhcp_agents_per_network: number;
  /** The networks of a dead agent are moved to others. */
  readonly allow_automatic_dhcp_failover: boolean;
  /** An agent that was not heard of for twice as long is dead to the scheduler. At least 1000. */
  readonly agent_down_ms: number;
  /** Time between two reports of an agent; less than `agent_down_ms`. */
  readonly report_interval_ms: number;
  /** Length of a lease: 120 or more. */
  readonly lease_s: number;
  /** Option 58, more than 2 and less than T2; undefined: a half of the lease, by dnsmasq. */
  readonly t1_s: number | undefined;
  /** Option 59, less than the lease; undefined: seven eighths of the lease, by dnsmasq. */
  readonly t2_s: number | undefined;
  /** When dnsmasq starts, every port has an entry without an end in its lease file. */
  readonly initial_leases: boolean;
  /** dnsmasq's `dhcp-authoritative`. */
  readonly authoritative: boolean;
  /** dnsmasq's `leasefile-ro`. */
  readonly leasefile_ro: boolean;
  /** dnsmasq logs every DHCP message; without, `quiet-dhcp`. */
  readonly log: boolean;
}

export interface Network {
  /** Also the name of the interface by which each place is on it. */
  readonly name: string;
  /** The network's address and prefix length: 198.18.16.0/21. */
  readonly subnet: string;
  readonly gateway: string | undefined;
  /** Named ones first, then the port range. */
  readonly ports: readonly Port[];
}

/** Who may have an address: a MAC address, and the address that it always gets. */
export interface Port {
  /** Of the file; `range-0`, `range-1`, … for the ports of a range. */
  readonly name: string;
  /** Lower case, with colons. */
  readonly mac: string;
  readonly address: string;
  /** One of the port range: no real client has it, probes may use it. */
  readonly in_range: boolean;
}

/** Where the agent of a host serves a network, while the network is bound to that host. */
export interface DhcpAgent {
  readonly node: string;
  readonly host: string;
  readonly network: string;
  readonly interface: string;
  /** Its own address in the subnet, without a prefix length: the server id of its answers. */
  readonly address: string;
}
